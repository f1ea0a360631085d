// The gateway under the AI SDK of Vercel, which has an HTTP client of its own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Caller, HELLO, load, readAll } from "./support.js";

const { APICallError, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } =
  load("ai");
const { createOpenAICompatible } = load("@ai-sdk/openai-compatible");

const TEXT = "Hello from the provider";

function provider(options = {}) {
  return createOpenAICompatible({
    name: "penstock",
    baseURL: process.env.PENSTOCK_URL,
    apiKey: process.env.PENSTOCK_KEY,
    includeUsage: true,
    supportsStructuredOutputs: true,
    ...options,
  });
}

function hello(model, options = {}) {
  return { model: provider()(model), prompt: HELLO[0].content, maxRetries: 0, ...options };
}

function weather() {
  return tool({
    inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } } }),
    execute: ({ city }) => `rain in ${city}`,
  });
}

test("generateText gives text and usage", async () => {
  const answer = await generateText(hello("scripted"));
  assert.equal(answer.text, TEXT);
  assert.equal(answer.finishReason, "stop");
  assert.equal(answer.usage.totalTokens, 15);
  assert.match(answer.response.headers["x-request-id"], /^req_/);
});

test("streamText gives the text word by word, and the usage", async () => {
  const stream = streamText(hello("scripted"));
  const words = await readAll(stream.textStream);
  assert.equal(words.join(""), TEXT);
  assert.ok(words.length >= 4);
  assert.equal(await stream.finishReason, "stop");
  assert.equal((await stream.usage).totalTokens, 15);
});

test("a tool is called and its result taken back", async () => {
  const answer = await generateText(
    hello("scripted-tool", { tools: { weather: weather() }, stopWhen: stepCountIs(2) }),
  );
  assert.deepEqual(answer.steps[0].toolResults[0].input, { city: "Bern" });
  assert.equal(answer.steps[0].toolResults[0].output, "rain in Bern");
  assert.equal(answer.text, TEXT);
});

test("a streamed tool call is put together", async () => {
  const stream = streamText(hello("scripted-tool", { tools: { weather: weather() } }));
  const [call] = await stream.toolCalls;
  assert.equal(call.toolName, "weather");
  assert.deepEqual(call.input, { city: "Bern" });
  assert.equal(await stream.finishReason, "tool-calls");
});

test("generateObject gives what the schema describes", async () => {
  const schema = jsonSchema({ type: "object", properties: { answer: { type: "string" } } });
  const { object } = await generateObject(hello("demo", { schema }));
  assert.match(object.answer, /^You said: hello/);
});

for (const [model, status, code] of [
  ["demo-error-429", 429, "rate_limit_exceeded"],
  ["scripted-status-400", 400, "scripted_code"],
  ["no-such-model", 404, "model_not_found"],
  ["unreachable", 502, "upstream_unreachable"],
]) {
  test(`${model} is ${status}`, async () => {
    await assert.rejects(generateText(hello(model)), (error) => {
      assert.ok(APICallError.isInstance(error), `${error}`);
      assert.equal(error.statusCode, status);
      assert.equal(error.data.error.code, code);
      assert.equal(error.isRetryable, status === 429 || status >= 500);
      return true;
    });
  });
}

test("a wrong key is 401", async () => {
  const model = provider({ apiKey: "sk-wrong" })("scripted");
  await assert.rejects(generateText(hello("", { model })), { statusCode: 401 });
});

test("429 is cured by the retry of the SDK", async () => {
  const caller = new Caller();
  const providerOptions = { penstock: { user: caller.user } };
  const answer = await generateText(hello("scripted-retry", { providerOptions, maxRetries: 1 }));
  assert.equal(answer.text, TEXT);
  assert.equal((await caller.providerSaw()).length, 2);
});

for (const model of ["scripted-cut", "demo-cut"]) {
  test(`a cut stream is an error and no clean end (${model})`, async () => {
    const stream = streamText(hello(model, { onError: () => {} }));
    const parts = [];
    // The error of the gateway is a part; that the connection ends after it ends the iteration.
    await assert.rejects(async () => {
      for await (const part of stream.fullStream) parts.push(part);
    }, APICallError);
    assert.ok(parts.some((part) => part.type === "text-delta"));
    assert.equal(parts.at(-1).type, "error");
    assert.equal(parts.at(-1).error.code, "upstream_unreachable");
  });
}

test("a caller that aborts a stream stops the provider", async () => {
  const caller = new Caller();
  const leave = new AbortController();
  const stream = streamText(
    hello("scripted-endless", {
      abortSignal: leave.signal,
      providerOptions: { penstock: { user: caller.user } },
    }),
  );
  for await (const word of stream.textStream) {
    assert.equal(word, " again");
    leave.abort();
  }
  assert.ok(await caller.providerWasLeft());
});
