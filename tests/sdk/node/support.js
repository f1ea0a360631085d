// What the tests of the SDKs for Node share.

import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

// The SDKs are installed outside of the source tree.
export const load = createRequire(process.env.PENSTOCK_SDK_NODE + "/");
export const OpenAI = load("openai").default;

export const HELLO = [{ role: "user", content: "hello" }];
export const WEATHER_TOOL = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};

export function makeClient(options = {}) {
  return new OpenAI({
    baseURL: process.env.PENSTOCK_URL,
    apiKey: process.env.PENSTOCK_KEY,
    maxRetries: 0,
    timeout: 20_000,
    ...options,
  });
}

async function askProvider(path) {
  return (await fetch(process.env.PROVIDER_URL + path)).json();
}

// One test's client, with a name of its own for `user`, so that tests can share a provider.
export class Caller {
  user = randomUUID();

  constructor(options = {}) {
    this.client = makeClient(options);
  }

  chat(model, members = {}, options = {}) {
    const body = { model, messages: HELLO, user: this.user, ...members };
    return this.client.chat.completions.create(body, options);
  }

  // The error that the chat must end with; undefined when it ends well.
  async errorOf(model, members = {}) {
    try {
      await this.chat(model, members);
    } catch (error) {
      return error;
    }
  }

  // The bodies that this test's requests had at the provider.
  providerSaw() {
    return askProvider(`/requests?user=${this.user}`);
  }

  async providerWasLeft() {
    return (await askProvider(`/closed?user=${this.user}`)).left;
  }
}

export async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export function textOf(chunks) {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
}
