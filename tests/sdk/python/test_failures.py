"""Errors as the SDK's own classes, time-outs, and streams that end badly."""

import openai

from support import SdkTest


class Errors(SdkTest):
    def test_400_of_the_gateway_names_the_field(self):
        error = self.error_of(openai.BadRequestError, "scripted", temperature="hot")
        self.assertEqual(error.type, "invalid_request_error")
        self.assertEqual(error.param, "temperature")
        self.assertEqual(error.body["origin"], "gateway")
        self.assertEqual(error.body["request_id"], error.request_id)
        self.assertEqual(self.provider_saw(), [])

    def test_400_of_the_provider_keeps_its_words(self):
        error = self.error_of(openai.BadRequestError, "scripted-status-400")
        self.assertEqual(error.code, "scripted_code")
        self.assertIn("as the model says", error.message)

    def test_401_for_a_wrong_key(self):
        client = self.make_client(api_key="sk-wrong")
        error = self.error_of(openai.AuthenticationError, "scripted", client=client)
        self.assertEqual(error.code, "invalid_api_key")
        self.assertNotIn("sk-wrong", str(error))
        self.assertEqual(self.provider_saw(), [])

    def test_502_and_not_401_when_the_provider_refuses_the_gateways_own_key(self):
        error = self.error_of(openai.InternalServerError, "scripted-status-401")
        self.assertEqual(error.status_code, 502)
        self.assertEqual(len(self.provider_saw()), 1)

    def test_404_for_an_unknown_model(self):
        error = self.error_of(openai.NotFoundError, "no-such-model")
        self.assertEqual(error.code, "model_not_found")

    def test_404_of_the_provider(self):
        error = self.error_of(openai.NotFoundError, "scripted-status-404")
        self.assertEqual(error.code, "scripted_code")

    def test_404_for_an_unknown_path(self):
        with self.assertRaises(openai.NotFoundError):
            self.client.get("/nonsense", cast_to=object)

    def test_429_of_the_provider_says_when_to_come_back(self):
        error = self.error_of(openai.RateLimitError, "demo-error-429")
        self.assertEqual(error.response.headers["retry-after"], "1")
        self.assertEqual(error.code, "rate_limit_exceeded")

    def test_429_is_cured_by_the_retry_of_the_sdk(self):
        answer = self.chat("scripted-retry", client=self.make_client(max_retries=1))
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(len(self.provider_saw()), 2)

    def test_429_of_the_gateway_while_another_request_holds_the_tokens(self):
        with self.chat("scripted-endless", stream=True, max_tokens=900_000) as stream:
            next(stream)
            error = self.error_of(openai.RateLimitError, "scripted", max_tokens=900_000)
        self.assertEqual(error.type, "tokens")
        self.assertEqual(error.code, "rate_limit_exceeded")
        self.assertGreaterEqual(int(error.response.headers["retry-after"]), 1)
        self.assertEqual(len(self.provider_saw()), 1)
        self.assert_provider_was_left()

    def test_400_of_the_gateway_for_more_tokens_than_the_limit_can_ever_grant(self):
        members = {"client": self.make_client(max_retries=2), "max_tokens": 2_000_000}
        error = self.error_of(openai.BadRequestError, "scripted", **members)
        self.assertIn("can ever grant", error.message)
        self.assertEqual(self.provider_saw(), [])

    def test_500_of_the_provider(self):
        for model in ("scripted-status-500", "demo-error-500"):
            error = self.error_of(openai.InternalServerError, model)
            self.assertEqual(error.status_code, 500, model)

    def test_502_when_nobody_listens(self):
        error = self.error_of(openai.InternalServerError, "unreachable")
        self.assertEqual(error.status_code, 502)
        self.assertEqual(error.body["origin"], "gateway")

    def test_504_when_the_provider_is_silent_for_too_long(self):
        error = self.error_of(openai.InternalServerError, "silent")
        self.assertEqual(error.status_code, 504)
        self.assert_provider_was_left()

    def test_errors_come_before_a_stream_begins(self):
        error = self.error_of(openai.RateLimitError, "demo-error-429", stream=True)
        self.assertEqual(error.status_code, 429)


class Departures(SdkTest):
    def test_a_client_that_runs_out_of_patience_stops_the_provider(self):
        client = self.make_client(timeout=0.2)
        self.error_of(openai.APITimeoutError, "scripted-silent", client=client)
        self.assert_provider_was_left()

    def test_a_client_that_leaves_a_stream_stops_the_provider(self):
        stream = self.chat("scripted-endless", stream=True)
        chunks = [next(stream) for _ in range(3)]
        stream.close()
        self.assertEqual(chunks[2].choices[0].delta.content, " again")
        self.assert_provider_was_left()


class CutStreams(SdkTest):
    def test_a_cut_stream_is_an_error_and_no_clean_end(self):
        for model in ("scripted-cut", "demo-cut"):
            text = ""
            with self.assertRaises(openai.APIError) as raised:
                for chunk in self.chat(model, stream=True):
                    text += chunk.choices[0].delta.content or ""
            self.assertNotIsInstance(raised.exception, openai.APIConnectionError, model)
            self.assertTrue(text, model)

    def test_a_cut_answer_is_a_502(self):
        self.assertEqual(self.error_of(openai.InternalServerError, "demo-cut").status_code, 502)


class WrongAnswers(SdkTest):
    """The model writes {"a": "one"} where {"a": integer} was asked for."""

    def wanted(self, kind):
        schema = {
            "type": "object",
            "properties": {"a": {"type": kind}},
            "required": ["a"],
            "additionalProperties": False,
        }
        return {"type": "json_schema", "json_schema": {"name": "wanted", "schema": schema}}

    def test_a_wrong_object_is_an_exception(self):
        client = self.make_client(max_retries=2)
        members = {"client": client, "response_format": self.wanted("integer")}
        error = self.error_of(openai.InternalServerError, "scripted-object", **members)
        self.assertEqual(error.status_code, 502)
        self.assertEqual(error.code, "upstream_invalid_response")
        self.assertEqual(len(self.provider_saw()), 1)

    def test_a_wrong_object_in_a_stream_is_an_exception(self):
        text = ""
        with self.assertRaises(openai.APIError) as raised:
            members = {"stream": True, "response_format": self.wanted("integer")}
            for chunk in self.chat("scripted-object", **members):
                text += chunk.choices[0].delta.content or ""
        self.assertEqual(raised.exception.code, "upstream_invalid_response")
        self.assertFalse(text.endswith("}"), text)

    def test_a_right_object_is_none(self):
        wanted = self.wanted("string")
        answer = self.chat("scripted-object", response_format=wanted)
        self.assertEqual(answer.choices[0].message.content, '{"a": "one"}')
        stream = self.chat("scripted-object", response_format=wanted, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        self.assertEqual(text, '{"a": "one"}')
