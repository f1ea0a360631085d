// Writes chats.jsonl: chat requests and their tokens, by the npm packages gpt-tokenizer 4.0.0 (gpt-4o) and openai-chat-tokens
// 0.2.8 (gpt-3.5-turbo), which people have held against the usage that OpenAI reports.
//
// npm install --prefix FOLDER gpt-tokenizer@4.0.0 openai-chat-tokens@0.2.8 && cp tests/data/tokens/chats.mjs FOLDER
// node FOLDER/chats.mjs > tests/data/tokens/chats.jsonl

import { createRequire } from "node:module";
import { countChatCompletionTokens } from "gpt-tokenizer/model/gpt-4o";

const { promptTokensEstimate } = createRequire(import.meta.url)("openai-chat-tokens");

const user = (content) => ({ role: "user", content });
const system = (content) => ({ role: "system", content });
const parameters = (properties, required) => ({ type: "object", properties, ...(required ? { required } : {}) });
const foo = { name: "foo", description: "Do a foo", parameters: parameters({}) };
const order = {
  name: "place_order",
  description: "Place an order for goods",
  parameters: parameters(
    {
      item: { type: "string", description: "What is wanted" },
      size: { type: "string", enum: ["small", "medium", "very large"] },
      count: { type: "integer" },
      price: { type: "number", description: "In pounds" },
      rate: { type: "number", enum: [1, 2, 3] },
      gift: { type: "boolean", description: "Wrap it" },
      nothing: { type: "null" },
      colours: { type: "array", items: { type: "string", enum: ["red", "blue"] } },
      extras: { type: "array" },
    },
    ["item", "count"],
  ),
};
const nested = {
  name: "book",
  parameters: parameters(
    {
      trip: { type: "object", description: "The trip", ...parameters({ from: { type: "string", description: "Where from" }, to: { type: "string" } }, ["from"]) },
      guests: { type: "array", items: { type: "object", ...parameters({ name: { type: "string" }, age: { type: "integer", description: "In years" } }) } },
    },
    ["trip"],
  ),
};

// The first package leaves anyOf out, and indents what closes an object.
const either = {
  name: "either",
  parameters: parameters({ one: { anyOf: [{ type: "string" }, { type: "number", description: "not shown" }] } }, ["one"]),
};

const chats = [
  { messages: [user("hello")] },
  { messages: [user("hello world")] },
  { messages: [system("hello:")] },
  { messages: [system("Answer in one sentence."), user("Why is the sky blue?"), { role: "assistant", content: "Because air scatters blue light most." }, user("And at dusk?")] },
  { messages: [{ role: "user", name: "anna", content: "hello" }] },
  { messages: [{ role: "system", name: "example_user", content: "New synergies will help drive growth." }, user("x")] },
  { messages: [user("")] },
  { messages: [user("\u4f60\u597d\uff0c\u4e16\u754c\uff01"), user("<|im_end|>")] },
  { messages: [user("hello")], functions: [foo] },
  { messages: [user("hello")], functions: [foo], function_call: "auto" },
  { messages: [user("hello")], functions: [foo], function_call: "none" },
  { messages: [user("hello")], functions: [foo], function_call: { name: "foo" } },
  { messages: [system("Be brief."), user("hello")], functions: [foo] },
  { messages: [system("Be brief."), system("Be kind."), user("hello")], functions: [foo, order] },
  { messages: [user("hello")], functions: [order] },
  { messages: [user("hello"), { role: "function", name: "do_stuff", content: "{}" }] },
];
const chats35 = [...chats, { messages: [user("hello")], functions: [nested] }, { messages: [user("hello")], functions: [either] }, { messages: [system("Go."), user("hello")], functions: [nested, order] }];

for (const request of chats) {
  const tokens = countChatCompletionTokens(structuredClone({ model: "gpt-4o", ...request }));
  console.log(JSON.stringify({ model: "gpt-4o", tokens, request }));
}
for (const request of chats35) {
  console.log(JSON.stringify({ model: "gpt-3.5-turbo", tokens: promptTokensEstimate(structuredClone(request)), request }));
}
