"""Answers that end well, from the demo and from a provider."""

import asyncio
import concurrent.futures
import json

import openai

from support import HELLO, KEY, URL, WEATHER_TOOL, SdkTest

TEXT = "Hello from the provider"


def text_of(chunks):
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


class Plain(SdkTest):
    def test_gives_the_answer_of_the_provider(self):
        answer = self.chat("scripted")
        self.assertEqual(answer.choices[0].message.content, TEXT)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, 15)

    def test_gives_an_answer_of_the_demo_without_an_account(self):
        answer = self.chat("demo")
        self.assertTrue(answer.choices[0].message.content.startswith("You said: hello"))
        self.assertEqual(
            answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens
        )

    def test_names_the_request(self):
        raw = self.client.chat.completions.with_raw_response.create(model="demo", messages=HELLO)
        self.assertRegex(raw.headers["x-request-id"], "^req_")
        self.assertEqual(raw.headers["x-served-by"], "penstock")
        self.assertEqual(raw.headers["x-ratelimit-limit-tokens"], "1000000")
        self.assertEqual(raw.parse()._request_id, raw.headers["x-request-id"])

    def test_forwards_members_that_nobody_knows(self):
        self.chat("scripted", extra_body={"invented": {"since": 2031}})
        self.assertEqual(self.provider_saw()[0]["invented"], {"since": 2031})

    def test_works_with_the_asynchronous_client(self):
        async def ask():
            async with openai.AsyncOpenAI(base_url=URL, api_key=KEY) as client:
                stream = await client.chat.completions.create(
                    model="scripted", messages=HELLO, stream=True
                )
                return [chunk async for chunk in stream]

        self.assertEqual(text_of(asyncio.run(ask())), TEXT)


class Stream(SdkTest):
    def test_gives_the_text_word_by_word(self):
        chunks = list(self.chat("scripted", stream=True))
        self.assertEqual(text_of(chunks), TEXT)
        self.assertGreater(len(chunks), 4)
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")

    def test_shows_no_usage_that_was_not_asked_for(self):
        for model in ("scripted", "demo"):
            for chunk in self.chat(model, stream=True):
                self.assertNotIn("usage", chunk.model_fields_set, model)
                self.assertTrue(chunk.choices, model)

    def test_ends_with_the_usage_when_asked(self):
        for model in ("scripted", "demo"):
            chunks = list(self.chat(model, stream=True, stream_options={"include_usage": True}))
            self.assertEqual(chunks[-1].choices, [], model)
            usage = chunks[-1].usage
            self.assertEqual(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens)
            self.assertTrue(all(chunk.usage is None for chunk in chunks[:-1]), model)

    def test_feeds_the_accumulator_of_the_sdk(self):
        with self.client.chat.completions.stream(model="demo", messages=HELLO) as stream:
            for _ in stream:
                pass
            message = stream.get_final_completion().choices[0].message
        self.assertEqual(message.role, "assistant")
        self.assertTrue(message.content.startswith("You said: hello"))

    def test_serves_eight_streams_at_once(self):
        def read(number):
            text = f"number {number}"
            chunks = self.chat("demo", messages=[{"role": "user", "content": text}], stream=True)
            return text_of(chunks).startswith(f"You said: {text}\n")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(read, range(8))), [True] * 8)


class Tools(SdkTest):
    def test_gives_the_call_of_the_provider(self):
        answer = self.chat("scripted-tool", tools=[WEATHER_TOOL])
        call = answer.choices[0].message.tool_calls[0]
        self.assertEqual(call.function.name, "weather")
        self.assertEqual(json.loads(call.function.arguments), {"city": "Bern"})

    def test_puts_a_streamed_call_together(self):
        for model, arguments in (("scripted-tool", {"city": "Bern"}), ("demo", {})):
            with self.client.chat.completions.stream(
                model=model, messages=HELLO, tools=[WEATHER_TOOL], tool_choice="required"
            ) as stream:
                for _ in stream:
                    pass
                choice = stream.get_final_completion().choices[0]
            call = choice.message.tool_calls[0]
            self.assertEqual(call.function.name, "weather", model)
            self.assertEqual(json.loads(call.function.arguments), arguments, model)
            self.assertEqual(choice.finish_reason, "tool_calls", model)


class Others(SdkTest):
    def test_embeds_texts(self):
        answer = self.client.embeddings.create(model="demo", input=["one", "two"])
        self.assertEqual([len(item.embedding) for item in answer.data], [8, 8])
        plain = self.client.embeddings.create(model="demo", input="one", encoding_format="float")
        for a, b in zip(plain.data[0].embedding, answer.data[0].embedding):
            self.assertAlmostEqual(a, b, places=6)

    def test_lists_the_models(self):
        names = [model.id for model in self.client.models.list()]
        self.assertIn("demo", names)
        self.assertIn("scripted", names)
        self.assertEqual(self.client.models.retrieve("demo").id, "demo")

    def test_honours_the_number_of_choices_the_cap_and_the_stop(self):
        answer = self.chat("demo", n=2, max_tokens=2)
        self.assertEqual([c.message.content for c in answer.choices], ["You said:"] * 2)
        self.assertEqual([c.finish_reason for c in answer.choices], ["length"] * 2)
        stopped = self.chat("demo", stop="hello").choices[0]
        self.assertEqual((stopped.message.content, stopped.finish_reason), ("You said: ", "stop"))
