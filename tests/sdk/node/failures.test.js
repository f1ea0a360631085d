// Errors as the SDK's own classes, time-outs, and streams that end badly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Caller, OpenAI, readAll } from "./support.js";

const CASES = [
  // model, further members, class, status, code
  ["scripted-status-400", {}, OpenAI.BadRequestError, 400, "scripted_code"],
  ["scripted-status-401", {}, OpenAI.InternalServerError, 502, undefined],
  ["scripted-status-404", {}, OpenAI.NotFoundError, 404, "scripted_code"],
  ["no-such-model", {}, OpenAI.NotFoundError, 404, "model_not_found"],
  ["demo-error-429", {}, OpenAI.RateLimitError, 429, "rate_limit_exceeded"],
  ["demo-error-429", { stream: true }, OpenAI.RateLimitError, 429, "rate_limit_exceeded"],
  ["scripted-status-500", {}, OpenAI.InternalServerError, 500, "scripted_code"],
  ["demo-error-500", {}, OpenAI.InternalServerError, 500, null],
  ["unreachable", {}, OpenAI.InternalServerError, 502, undefined],
  ["silent", {}, OpenAI.InternalServerError, 504, undefined],
  ["demo-cut", {}, OpenAI.InternalServerError, 502, undefined],
];

for (const [model, members, kind, status, code] of CASES) {
  test(`${model} ${JSON.stringify(members)} is ${status}`, async () => {
    const error = await new Caller().errorOf(model, members);
    assert.ok(error instanceof kind, `${error}`);
    assert.equal(error.status, status);
    if (code !== undefined) assert.equal(error.code, code);
    assert.match(error.requestID, /^req_/);
  });
}

test("400 of the gateway names the field and never reaches the provider", async () => {
  const caller = new Caller();
  const error = await caller.errorOf("scripted", { temperature: "hot" });
  assert.ok(error instanceof OpenAI.BadRequestError);
  assert.equal(error.param, "temperature");
  assert.deepEqual(await caller.providerSaw(), []);
});

test("401 for a wrong key does not repeat the key", async () => {
  const error = await new Caller({ apiKey: "sk-wrong" }).errorOf("scripted");
  assert.ok(error instanceof OpenAI.AuthenticationError);
  assert.equal(error.code, "invalid_api_key");
  assert.ok(!error.message.includes("sk-wrong"));
});

test("429 says when to come back", async () => {
  const error = await new Caller().errorOf("demo-error-429");
  assert.equal(error.headers.get("retry-after"), "1");
});

test("429 is cured by the retry of the SDK", async () => {
  const caller = new Caller({ maxRetries: 1 });
  const answer = await caller.chat("scripted-retry");
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.equal((await caller.providerSaw()).length, 2);
});

test("a client that runs out of patience stops the provider", async () => {
  const caller = new Caller({ timeout: 200 });
  const error = await caller.errorOf("scripted-silent");
  assert.ok(error instanceof OpenAI.APIConnectionTimeoutError);
  assert.ok(await caller.providerWasLeft());
});

test("a client that aborts a stream stops the provider", async () => {
  const caller = new Caller();
  const stream = await caller.chat("scripted-endless", { stream: true });
  let seen = 0;
  for await (const chunk of stream) {
    assert.ok(chunk.choices.length === 1);
    if (++seen === 3) stream.controller.abort();
  }
  assert.ok(seen >= 3);
  assert.ok(await caller.providerWasLeft());
});

for (const model of ["scripted-cut", "demo-cut"]) {
  test(`a cut stream is an error and no clean end (${model})`, async () => {
    const stream = await new Caller().chat(model, { stream: true });
    await assert.rejects(readAll(stream), (error) => {
      assert.ok(error instanceof OpenAI.APIError, `${error}`);
      assert.ok(!(error instanceof OpenAI.APIConnectionError));
      return true;
    });
  });
}
