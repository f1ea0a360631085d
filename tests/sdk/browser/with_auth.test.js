// Pages of any origin call a gateway that has `auth` in its chain.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { GATEWAY, askProvider, browserTest, openForeignSite, openLoopbackSite } from "./support.js";

const TEXT = "Hello from the provider";

for (const [origin, open] of [["loopback", openLoopbackSite], ["foreign", openForeignSite]]) {
  browserTest(`a page of a ${origin} origin gets an answer and reads its headers`, async () => {
    const page = await open();
    const answer = await page.run(async (gateway) => {
      const { data, response } = await chat(gateway, { model: "scripted" }).withResponse();
      return {
        text: data.choices[0].message.content,
        requestId: data._request_id,
        limit: response.headers.get("x-ratelimit-limit-tokens"),
      };
    }, GATEWAY);
    assert.equal(answer.text, TEXT);
    assert.match(answer.requestId, /^req_/);
    assert.equal(answer.limit, "1000000");
  });

  browserTest(`a page of a ${origin} origin reads a stream word by word`, async () => {
    const page = await open();
    const words = await page.run(async (gateway) => {
      const chunks = await readAll(await chat(gateway, { model: "scripted", stream: true }));
      return chunks.map((chunk) => chunk.choices[0].delta.content ?? "");
    }, GATEWAY);
    assert.equal(words.join(""), TEXT);
    assert.ok(words.length > 4);
  });
}

browserTest("the preflight allows the headers that the client sends", async () => {
  const page = await openForeignSite();
  await page.run((gateway) => chat(gateway, { model: "demo" }), GATEWAY);
  const preflights = page.seen("Network.responseReceived").filter((e) => e.type === "Preflight");
  assert.equal(preflights.length, 1);
  const { status, headers } = preflights[0].response;
  assert.equal(status, 204);
  assert.match(headers["access-control-allow-headers"], /\bauthorization\b/);
});

const ERRORS = [
  // model, further members, class, status, code
  ["demo-error-429", {}, "RateLimitError", 429, "rate_limit_exceeded"],
  ["scripted", { temperature: "hot" }, "BadRequestError", 400, "invalid_type"],
  ["scripted-status-400", {}, "BadRequestError", 400, "scripted_code"],
  ["no-such-model", { stream: true }, "NotFoundError", 404, "model_not_found"],
  ["unreachable", {}, "InternalServerError", 502, "upstream_unreachable"],
];

browserTest("a page reads errors with their headers", async () => {
  const page = await openForeignSite();
  for (const [model, members, kind, status, code] of ERRORS) {
    const ask = (gateway, members) => errorOf(chat(gateway, members));
    const error = await page.run(ask, GATEWAY, { model, ...members });
    assert.deepEqual([error.kind, error.status, error.code], [kind, status, code], model);
    assert.match(error.requestId, /^req_/);
    if (status === 429) assert.equal(error.retryAfter, "1");
  }
});

browserTest("a page reads that its key is wrong", async () => {
  const page = await openForeignSite();
  const stranger = { ...GATEWAY, apiKey: "sk-wrong" };
  const error = await page.run((gateway) => errorOf(chat(gateway, { model: "demo" })), stranger);
  assert.equal(error.kind, "AuthenticationError");
  assert.equal(error.code, "invalid_api_key");
  assert.match(error.requestId, /^req_/);
});

browserTest("a page lists the models", async () => {
  const page = await openForeignSite();
  const models = await page.run((gateway) => readAll(connect(gateway).models.list()), GATEWAY);
  const names = models.map((model) => model.id);
  assert.ok(names.includes("demo") && names.includes("scripted"));
});

for (const model of ["scripted-cut", "demo-cut"]) {
  browserTest(`a cut stream is an error and no clean end (${model})`, async () => {
    const page = await openLoopbackSite();
    const error = await page.run(async (gateway, model) => {
      const stream = await chat(gateway, { model, stream: true });
      return errorOf(readAll(stream));
    }, GATEWAY, model);
    assert.equal(error?.kind, "APIError", JSON.stringify(error));
    assert.equal(error.code, "upstream_unreachable");
  });
}

browserTest("a page that is closed stops the provider", async () => {
  const page = await openLoopbackSite();
  const user = randomUUID();
  await page.run(async (gateway, user) => {
    const stream = await chat(gateway, { model: "scripted-endless", stream: true, user });
    await stream[Symbol.asyncIterator]().next();
  }, GATEWAY, user);
  await page.close();
  assert.ok((await askProvider(`/closed?user=${user}`)).left);
});
