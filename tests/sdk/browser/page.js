// What runs in the page: the client of a web application. Only plain values can leave the page.

import OpenAI from "openai";

globalThis.connect = (options) =>
  new OpenAI({ dangerouslyAllowBrowser: true, maxRetries: 0, timeout: 20_000, ...options });

globalThis.chat = (options, members) => {
  const messages = [{ role: "user", content: "hello" }];
  return connect(options).chat.completions.create({ messages, ...members });
};

globalThis.readAll = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

// The error that the promise must end with, as the page sees it; undefined when it ends well.
globalThis.errorOf = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return {
      kind: Object.keys(OpenAI).find((name) => OpenAI[name] === error.constructor),
      message: error.message,
      status: error.status,
      code: error.code,
      requestId: error.requestID,
      retryAfter: error.headers?.get("retry-after"),
    };
  }
};
