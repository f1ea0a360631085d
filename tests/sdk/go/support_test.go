// Package sdk drives the gateway with the OpenAI SDK for Go.
package sdk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

const patience = 20 * time.Second

var weatherTool = openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
	Name: "weather",
	Parameters: openai.FunctionParameters{
		"type":       "object",
		"properties": map[string]any{"city": map[string]any{"type": "string"}},
	},
})

// caller is one test's client, with a name of its own for `user`, so that tests can share a
// provider. Options of a call come after the client's own and win.
type caller struct {
	*testing.T
	client openai.Client
	user   string
}

func newCaller(t *testing.T, options ...option.RequestOption) caller {
	options = append([]option.RequestOption{
		option.WithBaseURL(os.Getenv("PENSTOCK_URL")),
		option.WithAPIKey(os.Getenv("PENSTOCK_KEY")),
		option.WithMaxRetries(0),
		option.WithRequestTimeout(patience),
	}, options...)
	return caller{t, openai.NewClient(options...), rand.Text()}
}

// hello is a request that a test may change before it calls.
func (c caller) hello(model string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")},
		User:     openai.String(c.user),
	}
}

func (c caller) chat(
	request openai.ChatCompletionNewParams, options ...option.RequestOption,
) *openai.ChatCompletion {
	c.Helper()
	answer, err := c.client.Chat.Completions.New(c.Context(), request, options...)
	if err != nil {
		c.Fatal(err)
	}
	return answer
}

// errorOf returns the API's error that the request must end with.
func (c caller) errorOf(
	request openai.ChatCompletionNewParams, options ...option.RequestOption,
) *openai.Error {
	c.Helper()
	_, err := c.client.Chat.Completions.New(c.Context(), request, options...)
	var apiError *openai.Error
	if !errors.As(err, &apiError) {
		c.Fatalf("%s ended with %v and not with an error of the API", request.Model, err)
	}
	return apiError
}

func (c caller) stream(
	ctx context.Context, request openai.ChatCompletionNewParams,
) *ssestream.Stream[openai.ChatCompletionChunk] {
	stream := c.client.Chat.Completions.NewStreaming(ctx, request)
	c.Cleanup(func() { stream.Close() })
	return stream
}

// providerSaw returns the bodies that this test's requests had at the provider.
func (c caller) providerSaw() []map[string]any {
	var bodies []map[string]any
	c.askProvider("/requests?user="+c.user, &bodies)
	return bodies
}

func (c caller) assertProviderWasLeft() {
	c.Helper()
	var answer struct{ Left bool }
	c.askProvider("/closed?user="+c.user, &answer)
	if !answer.Left {
		c.Error("the provider still has its client")
	}
}

func (c caller) askProvider(path string, answer any) {
	c.Helper()
	response, err := http.Get(os.Getenv("PROVIDER_URL") + path)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		c.Fatal(err)
	}
}

func assertEqual[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
