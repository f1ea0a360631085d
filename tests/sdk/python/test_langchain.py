"""The gateway under LangChain, which speaks to it through the OpenAI SDK."""

import openai
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

from support import KEY, URL, SdkTest

TEXT = "Hello from the provider"


@tool
def weather(city: str) -> str:
    """Tells the weather of a city."""
    return f"rain in {city}"


class Place(BaseModel):
    """Where something is."""

    city: str


class Reply(BaseModel):
    """The form in which the demo gives JSON."""

    answer: str


class LangChain(SdkTest):
    def model(self, name, **options):
        options = {"base_url": URL, "api_key": KEY, "max_retries": 0, "timeout": 20, **options}
        return ChatOpenAI(model=name, model_kwargs={"user": self.user}, **options)

    def test_invoke_gives_text_and_usage(self):
        message = self.model("scripted").invoke("hello")
        self.assertEqual(message.content, TEXT)
        usage = {"input_tokens": 11, "output_tokens": 4, "total_tokens": 15}
        self.assertEqual(message.usage_metadata, {**message.usage_metadata, **usage})
        self.assertEqual(message.response_metadata["finish_reason"], "stop")

    def test_stream_gives_chunks_that_add_up_to_text_and_usage(self):
        for name in ("scripted", "demo"):
            chunks = list(self.model(name, stream_usage=True).stream("hello"))
            self.assertGreater(len(chunks), 4, name)
            whole = sum(chunks[1:], chunks[0])
            self.assertTrue(whole.content.startswith(("You said: hello", TEXT)), name)
            usage = whole.usage_metadata
            self.assertGreater(usage["output_tokens"], 0, name)
            self.assertEqual(
                usage["total_tokens"], usage["input_tokens"] + usage["output_tokens"], name
            )

    def test_batch_keeps_the_order_of_its_questions(self):
        answers = self.model("demo").batch([f"number {number}" for number in range(4)])
        for number, answer in enumerate(answers):
            self.assertTrue(answer.content.startswith(f"You said: number {number}\n"))

    def test_a_bound_tool_is_called_and_its_result_taken_back(self):
        model = self.model("scripted-tool").bind_tools([weather])
        call = model.invoke("hello")
        self.assertEqual(call.tool_calls[0]["args"], {"city": "Bern"})
        result = weather.invoke(call.tool_calls[0])
        self.assertIsInstance(result, ToolMessage)
        answer = model.invoke([("user", "hello"), call, result])
        self.assertEqual(answer.content, TEXT)
        self.assertEqual(self.provider_saw()[1]["messages"][-1]["content"], "rain in Bern")

    def test_a_streamed_tool_call_is_put_together(self):
        chunks = list(self.model("scripted-tool").bind_tools([weather]).stream("hello"))
        call = sum(chunks[1:], chunks[0]).tool_calls[0]
        self.assertEqual((call["name"], call["args"]), ("weather", {"city": "Bern"}))

    def test_structured_output_by_a_schema_of_the_answer(self):
        model = self.model("demo").with_structured_output(Reply, method="json_schema")
        reply = model.invoke("hello")
        self.assertIsInstance(reply, Reply)
        self.assertTrue(reply.answer.startswith("You said: hello"))

    def test_structured_output_by_a_tool(self):
        model = self.model("scripted-tool").with_structured_output(
            Place, method="function_calling"
        )
        self.assertEqual(model.invoke("hello"), Place(city="Bern"))

    def test_errors_are_those_of_the_sdk(self):
        for name, kind in (
            ("demo-error-429", openai.RateLimitError),
            ("scripted-status-400", openai.BadRequestError),
            ("unreachable", openai.InternalServerError),
        ):
            with self.subTest(name), self.assertRaises(kind):
                self.model(name).invoke("hello")
        with self.assertRaises(openai.AuthenticationError):
            self.model("scripted", api_key="sk-wrong").invoke("hello")

    def test_a_cut_stream_is_an_error_and_no_clean_end(self):
        for name in ("scripted-cut", "demo-cut"):
            with self.subTest(name), self.assertRaises(openai.APIError):
                list(self.model(name).stream("hello"))

    def test_embeds_texts(self):
        # The gateway is asked for texts; by default LangChain cuts them into tokens by itself.
        embeddings = OpenAIEmbeddings(
            model="demo", base_url=URL, api_key=KEY, check_embedding_ctx_length=False
        )
        vectors = embeddings.embed_documents(["one", "two"])
        self.assertEqual([len(vector) for vector in vectors], [8, 8])
