"""What the tests of the Python SDK share."""

import json
import os
import unittest
import urllib.request
import uuid

import openai

URL = os.environ["PENSTOCK_URL"]
KEY = os.environ["PENSTOCK_KEY"]
PROVIDER = os.environ["PROVIDER_URL"]

HELLO = [{"role": "user", "content": "hello"}]
WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def ask_provider(path):
    with urllib.request.urlopen(PROVIDER + path) as answer:
        return json.load(answer)


class SdkTest(unittest.TestCase):
    """Each test has a client and a `user` of its own, so that tests can share a provider."""

    def setUp(self):
        self.user = uuid.uuid4().hex
        self.client = self.make_client()

    def make_client(self, **options):
        options = {"base_url": URL, "api_key": KEY, "max_retries": 0, "timeout": 20, **options}
        client = openai.OpenAI(**options)
        self.addCleanup(client.close)
        return client

    def chat(self, model, client=None, **members):
        members = {"messages": HELLO, "user": self.user, **members}
        return (client or self.client).chat.completions.create(model=model, **members)

    def error_of(self, kind, model, **members):
        """The error of that class that the chat must raise."""
        with self.assertRaises(kind) as raised:
            self.chat(model, **members)
        return raised.exception

    def provider_saw(self):
        """The bodies that this test's requests had at the provider."""
        return ask_provider(f"/requests?user={self.user}")

    def assert_provider_was_left(self):
        self.assertTrue(ask_provider(f"/closed?user={self.user}")["left"])
