// Without `auth` in the chain no page of another site may call, whichever way it tries.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import {
  GATEWAY,
  askProvider,
  browserTest,
  openForeignSite,
  openLoopbackSite,
  openPage,
  reboundGateway,
} from "./support.js";

function corsErrors(page) {
  return page.seen("Network.loadingFailed").map((event) => event.corsErrorStatus?.corsError);
}

browserTest("a page of this machine gets an answer", async () => {
  const page = await openLoopbackSite();
  const answer = await page.run((gateway) => chat(gateway, { model: "scripted" }), GATEWAY);
  assert.equal(answer.choices[0].message.content, "Hello from the provider");
});

browserTest("a page of another site is refused at the preflight", async () => {
  const page = await openForeignSite();
  const user = randomUUID();
  const ask = (gateway, user) => errorOf(chat(gateway, { model: "scripted", user }));
  const error = await page.run(ask, GATEWAY, user);
  assert.equal(error.kind, "APIConnectionError");
  assert.equal(error.status, undefined);
  assert.deepEqual(corsErrors(page), ["PreflightMissingAllowOriginHeader"]);
  assert.deepEqual(await askProvider(`/requests?user=${user}`), []);
});

browserTest("a page of another site is refused where browsers ask for no preflight", async () => {
  const page = await openForeignSite();
  const user = randomUUID();
  const type = await page.run(async (url, user) => {
    const messages = [{ role: "user", content: "hello" }];
    const body = JSON.stringify({ model: "scripted", user, messages });
    const options = { method: "POST", mode: "no-cors", body };
    return (await fetch(`${url}/chat/completions`, options)).type;
  }, GATEWAY.baseURL, user);
  assert.equal(type, "opaque");
  assert.deepEqual(await askProvider(`/requests?user=${user}`), []);
});

browserTest("a page of another site cannot read the models", async () => {
  const page = await openForeignSite();
  const error = await page.run((url) => errorOf(fetch(`${url}/models`)), GATEWAY.baseURL);
  assert.equal(error.message, "Failed to fetch");
  assert.deepEqual(corsErrors(page), ["MissingAllowOriginHeader"]);
});

browserTest("a site that rebinds its name to this machine is refused", async () => {
  const page = await openPage(`${reboundGateway()}/models`);
  const answer = await page.run(async () => {
    const response = await fetch("/v1/models");
    return { status: response.status, code: (await response.json()).error.code };
  });
  assert.deepEqual(answer, { status: 403, code: "host_not_allowed" });
});
