// Answers that end well, from the demo and from a provider.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Caller, HELLO, WEATHER_TOOL, readAll, textOf } from "./support.js";

const TEXT = "Hello from the provider";

test("gives the answer of the provider", async () => {
  const answer = await new Caller().chat("scripted");
  assert.equal(answer.choices[0].message.content, TEXT);
  assert.equal(answer.usage.total_tokens, 15);
  assert.match(answer._request_id, /^req_/);
});

test("gives an answer of the demo without an account", async () => {
  const answer = await new Caller().chat("demo");
  assert.match(answer.choices[0].message.content, /^You said: hello/);
  assert.equal(answer.choices[0].finish_reason, "stop");
});

test("streams the text word by word", async () => {
  const chunks = await readAll(await new Caller().chat("scripted", { stream: true }));
  assert.equal(textOf(chunks), TEXT);
  assert.ok(chunks.length > 4);
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
});

for (const model of ["scripted", "demo"]) {
  test(`shows no usage that was not asked for (${model})`, async () => {
    for (const chunk of await readAll(await new Caller().chat(model, { stream: true }))) {
      assert.ok(!("usage" in chunk));
      assert.equal(chunk.choices.length, 1);
    }
  });

  test(`ends with the usage when asked (${model})`, async () => {
    const members = { stream: true, stream_options: { include_usage: true } };
    const chunks = await readAll(await new Caller().chat(model, members));
    const last = chunks.pop();
    assert.deepEqual(last.choices, []);
    assert.equal(
      last.usage.total_tokens,
      last.usage.prompt_tokens + last.usage.completion_tokens,
    );
    for (const chunk of chunks) assert.equal(chunk.usage, null);
  });
}

test("feeds the accumulator of the SDK", async () => {
  const { client } = new Caller();
  const stream = client.chat.completions.stream({ model: "demo", messages: HELLO });
  const message = await stream.finalMessage();
  assert.equal(message.role, "assistant");
  assert.match(message.content, /^You said: hello/);
});

for (const [model, expected] of [["scripted-tool", { city: "Bern" }], ["demo", {}]]) {
  test(`puts a streamed tool call together (${model})`, async () => {
    const { client } = new Caller();
    const stream = client.chat.completions.stream({
      model,
      messages: HELLO,
      tools: [WEATHER_TOOL],
      tool_choice: "required",
    });
    const { choices } = await stream.finalChatCompletion();
    const call = choices[0].message.tool_calls[0].function;
    assert.equal(call.name, "weather");
    assert.deepEqual(JSON.parse(call.arguments), expected);
    assert.equal(choices[0].finish_reason, "tool_calls");
  });
}

test("gives a tool call that is no stream", async () => {
  const answer = await new Caller().chat("scripted-tool", { tools: [WEATHER_TOOL] });
  assert.equal(answer.choices[0].message.tool_calls[0].function.name, "weather");
});

test("serves eight streams at once", async () => {
  const caller = new Caller();
  const texts = await Promise.all(
    [...Array(8).keys()].map(async (number) => {
      const messages = [{ role: "user", content: `number ${number}` }];
      return textOf(await readAll(await caller.chat("demo", { messages, stream: true })));
    }),
  );
  texts.forEach((text, number) => assert.ok(text.startsWith(`You said: number ${number}\n`)));
});

test("embeds texts", async () => {
  const { client } = new Caller();
  const answer = await client.embeddings.create({ model: "demo", input: ["one", "two"] });
  assert.deepEqual(answer.data.map((item) => item.embedding.length), [8, 8]);
});

test("lists the models", async () => {
  const names = (await readAll(await new Caller().client.models.list())).map((model) => model.id);
  assert.ok(names.includes("demo") && names.includes("scripted"));
});
