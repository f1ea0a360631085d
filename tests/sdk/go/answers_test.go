// Answers that end well, from the demo and from a provider.

package sdk

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const text = "Hello from the provider"

func TestGivesTheAnswerOfTheProvider(t *testing.T) {
	c := newCaller(t)
	answer := c.chat(c.hello("scripted"))
	assertEqual(t, "content", answer.Choices[0].Message.Content, text)
	assertEqual(t, "finish reason", answer.Choices[0].FinishReason, "stop")
	assertEqual(t, "tokens", answer.Usage.TotalTokens, 15)
}

func TestNamesTheRequestAndTheLimit(t *testing.T) {
	c := newCaller(t)
	var response *http.Response
	c.chat(c.hello("demo"), option.WithResponseInto(&response))
	id := response.Header.Get("x-request-id")
	assertEqual(t, "begin of "+id, strings.HasPrefix(id, "req_"), true)
	assertEqual(t, "limit", response.Header.Get("x-ratelimit-limit-tokens"), "1000000")
}

func TestForwardsMembersThatNobodyKnows(t *testing.T) {
	c := newCaller(t)
	c.chat(c.hello("scripted"), option.WithJSONSet("invented.since", 2031))
	assertEqual(t, "invented", fmt.Sprint(c.providerSaw()[0]["invented"]), "map[since:2031]")
}

func TestStreamsTheTextWordByWordAndEndsWithTheUsage(t *testing.T) {
	c := newCaller(t)
	request := c.hello("scripted")
	request.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := c.stream(t.Context(), request)
	all := openai.ChatCompletionAccumulator{}
	chunks := 0
	for stream.Next() {
		chunks++
		assertEqual(t, "chunk fits", all.AddChunk(stream.Current()), true)
	}
	if stream.Err() != nil || chunks < 5 {
		t.Fatalf("%d chunks, error %v", chunks, stream.Err())
	}
	assertEqual(t, "content", all.Choices[0].Message.Content, text)
	assertEqual(t, "finish reason", all.Choices[0].FinishReason, "stop")
	assertEqual(t, "tokens", all.Usage.TotalTokens, 15)
}

func TestShowsNoUsageThatWasNotAskedFor(t *testing.T) {
	for _, model := range []string{"scripted", "demo"} {
		c := newCaller(t)
		stream := c.stream(t.Context(), c.hello(model))
		for stream.Next() {
			assertEqual(t, "usage of "+model, stream.Current().JSON.Usage.Raw(), "")
			assertEqual(t, "choices of "+model, len(stream.Current().Choices), 1)
		}
		assertEqual(t, "error of "+model, stream.Err(), nil)
	}
}

func TestTakesTheResultOfAToolBack(t *testing.T) {
	c := newCaller(t)
	request := c.hello("scripted-tool")
	request.Tools = []openai.ChatCompletionToolUnionParam{weatherTool}
	message := c.chat(request).Choices[0].Message
	call := message.ToolCalls[0]
	assertEqual(t, "function", call.Function.Name, "weather")
	assertEqual(t, "arguments", call.Function.Arguments, `{"city": "Bern"}`)

	result := openai.ToolMessage("rain", call.ID)
	request.Messages = append(request.Messages, message.ToParam(), result)
	assertEqual(t, "content", c.chat(request).Choices[0].Message.Content, text)
}

func TestPutsAStreamedToolCallTogether(t *testing.T) {
	for model, arguments := range map[string]string{
		"scripted-tool": `{"city": "Bern"}`, "demo": "{}",
	} {
		c := newCaller(t)
		request := c.hello(model)
		request.Tools = []openai.ChatCompletionToolUnionParam{weatherTool}
		request.ToolChoice.OfAuto = openai.String("required")
		stream := c.stream(t.Context(), request)
		all := openai.ChatCompletionAccumulator{}
		for stream.Next() {
			all.AddChunk(stream.Current())
		}
		if stream.Err() != nil {
			t.Fatal(stream.Err())
		}
		call := all.Choices[0].Message.ToolCalls[0].Function
		assertEqual(t, "function of "+model, call.Name, "weather")
		assertEqual(t, "arguments of "+model, call.Arguments, arguments)
		assertEqual(t, "finish reason of "+model, all.Choices[0].FinishReason, "tool_calls")
	}
}

func TestServesEightStreamsAtOnce(t *testing.T) {
	c := newCaller(t)
	var readers sync.WaitGroup
	for number := range 8 {
		readers.Go(func() {
			question := fmt.Sprint("number ", number)
			request := c.hello("demo")
			request.Messages[0] = openai.UserMessage(question)
			stream := c.stream(t.Context(), request)
			content := ""
			for stream.Next() {
				content += stream.Current().Choices[0].Delta.Content
			}
			if stream.Err() != nil || !strings.HasPrefix(content, "You said: "+question+"\n") {
				t.Errorf("%s: %q, error %v", question, content, stream.Err())
			}
		})
	}
	readers.Wait()
}

func TestEmbedsTexts(t *testing.T) {
	c := newCaller(t)
	answer, err := c.client.Embeddings.New(t.Context(), openai.EmbeddingNewParams{
		Model: "demo",
		Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"one", "two"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	assertEqual(t, "vectors", len(answer.Data), 2)
	assertEqual(t, "numbers", len(answer.Data[1].Embedding), 8)
}

func TestListsTheModels(t *testing.T) {
	c := newCaller(t)
	names := map[string]bool{}
	pages := c.client.Models.ListAutoPaging(t.Context())
	for pages.Next() {
		names[pages.Current().ID] = true
	}
	assertEqual(t, "error", pages.Err(), nil)
	assertEqual(t, "names of both", names["demo"] && names["scripted"], true)
	model, err := c.client.Models.Get(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	assertEqual(t, "model", model.ID, "demo")
}
