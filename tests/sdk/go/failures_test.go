// Errors as the SDK shows them, time-outs, and streams that end badly.

package sdk

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

func TestErrorsKeepTheirStatusAndCode(t *testing.T) {
	for _, want := range []struct {
		model  string
		status int
		code   string
	}{
		{"scripted-status-400", 400, "scripted_code"},
		{"scripted-status-401", 502, "upstream_misconfigured"},
		{"scripted-status-404", 404, "scripted_code"},
		{"no-such-model", 404, "model_not_found"},
		{"demo-error-429", 429, "rate_limit_exceeded"},
		{"scripted-status-500", 500, "scripted_code"},
		{"demo-error-500", 500, ""},
		{"unreachable", 502, "upstream_unreachable"},
		{"silent", 504, "upstream_timeout"},
		{"demo-cut", 502, "upstream_unreachable"},
	} {
		c := newCaller(t)
		err := c.errorOf(c.hello(want.model))
		assertEqual(t, "status of "+want.model, err.StatusCode, want.status)
		assertEqual(t, "code of "+want.model, err.Code, want.code)
		id := err.Response.Header.Get("x-request-id")
		assertEqual(t, "begin of "+id, strings.HasPrefix(id, "req_"), true)
	}
}

func Test400OfTheGatewayNamesTheFieldAndNeverReachesTheProvider(t *testing.T) {
	c := newCaller(t)
	err := c.errorOf(c.hello("scripted"), option.WithJSONSet("temperature", "hot"))
	assertEqual(t, "status", err.StatusCode, 400)
	assertEqual(t, "type", err.Type, "invalid_request_error")
	assertEqual(t, "param", err.Param, "temperature")
	assertEqual(t, "origin", err.JSON.ExtraFields["origin"].Raw(), `"gateway"`)
	assertEqual(t, "requests", len(c.providerSaw()), 0)
}

func Test401ForAWrongKeyDoesNotRepeatTheKey(t *testing.T) {
	c := newCaller(t, option.WithAPIKey("sk-wrong"))
	err := c.errorOf(c.hello("scripted"))
	assertEqual(t, "status", err.StatusCode, 401)
	assertEqual(t, "code", err.Code, "invalid_api_key")
	assertEqual(t, "mentions", strings.Contains(err.RawJSON(), "sk-wrong"), false)
	assertEqual(t, "requests", len(c.providerSaw()), 0)
}

func Test429SaysWhenToComeBack(t *testing.T) {
	c := newCaller(t)
	err := c.errorOf(c.hello("demo-error-429"))
	assertEqual(t, "status", err.StatusCode, 429)
	assertEqual(t, "retry-after", err.Response.Header.Get("retry-after"), "1")
}

func Test429OfTheGatewayWhileAnotherRequestHoldsTheTokens(t *testing.T) {
	c := newCaller(t)
	request := c.hello("scripted-endless")
	request.MaxTokens = openai.Int(900_000)
	stream := c.stream(t.Context(), request)
	if !stream.Next() {
		t.Fatal(stream.Err())
	}
	request.Model = "scripted"
	err := c.errorOf(request)
	assertEqual(t, "type", err.Type, "tokens")
	assertEqual(t, "code", err.Code, "rate_limit_exceeded")
	seconds, invalid := strconv.Atoi(err.Response.Header.Get("retry-after"))
	assertEqual(t, "form of retry-after", invalid, nil)
	assertEqual(t, "retry-after is a second or more", seconds >= 1, true)
	stream.Close()
	c.assertProviderWasLeft()
}

func Test429IsCuredByTheRetryOfTheSdk(t *testing.T) {
	c := newCaller(t, option.WithMaxRetries(1))
	answer := c.chat(c.hello("scripted-retry"))
	assertEqual(t, "finish reason", answer.Choices[0].FinishReason, "stop")
	assertEqual(t, "requests", len(c.providerSaw()), 2)
}

func TestErrorsComeBeforeAStreamBegins(t *testing.T) {
	c := newCaller(t)
	stream := c.stream(t.Context(), c.hello("demo-error-429"))
	assertEqual(t, "has a chunk", stream.Next(), false)
	var err *openai.Error
	if !errors.As(stream.Err(), &err) {
		t.Fatal(stream.Err())
	}
	assertEqual(t, "status", err.StatusCode, 429)
}

func TestACutStreamIsAnErrorAndNoCleanEnd(t *testing.T) {
	for _, model := range []string{"scripted-cut", "demo-cut"} {
		c := newCaller(t)
		stream := c.stream(t.Context(), c.hello(model))
		content := ""
		for stream.Next() {
			content += stream.Current().Choices[0].Delta.Content
		}
		var err *ssestream.StreamError
		if !errors.As(stream.Err(), &err) {
			t.Errorf("%s ended with %v", model, stream.Err())
		}
		assertEqual(t, model+" began", content != "", true)
	}
}

func TestAClientThatRunsOutOfPatienceStopsTheProvider(t *testing.T) {
	c := newCaller(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := c.client.Chat.Completions.New(ctx, c.hello("scripted-silent"))
	assertEqual(t, "out of time", errors.Is(err, context.DeadlineExceeded), true)
	c.assertProviderWasLeft()
}

func TestAClientThatLeavesAStreamStopsTheProvider(t *testing.T) {
	c := newCaller(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream := c.stream(ctx, c.hello("scripted-endless"))
	for range 3 {
		if !stream.Next() {
			t.Fatal(stream.Err())
		}
	}
	cancel()
	c.assertProviderWasLeft()
}
