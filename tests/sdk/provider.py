"""A provider made for tests: what it does is named by the model of the request.

    scripted             answers, whole or as a stream
    scripted-object      answers the JSON text {"a": "one"}
    scripted-tool        calls the first tool, and answers when the tool's result has come
    scripted-status-NNN  answers with that status and an error in the OpenAI shape
    scripted-retry       answers 429 to a user's first request, then as `scripted`
    scripted-silent      never answers
    scripted-endless     streams until the client leaves
    scripted-cut         streams two chunks and breaks off

A test marks its requests with the member `user` and asks about them afterwards:

    GET /requests?user=NAME   the bodies that came, as a JSON list
    GET /closed?user=NAME     answers as soon as the client has left such a request
"""

import http.server
import json
import select
import threading
import urllib.parse

PATIENCE_SECONDS = 20
WORDS = ["Hello", " from", " the", " provider"]
OBJECT = ['{"a"', ': "on', 'e"}']
USAGE = {"prompt_tokens": 11, "completion_tokens": 4, "total_tokens": 15}


class Record:
    """What happened so far; shared by the threads of all connections."""

    def __init__(self):
        self.changed = threading.Condition()
        self.requests = []
        self.left_users = set()

    def add_request(self, body):
        """Notes a request; how many of that user there are now."""
        with self.changed:
            self.requests.append(body)
            return len(self.of_user(body.get("user")))

    def of_user(self, user):
        return [body for body in self.requests if body.get("user") == user]

    def add_left(self, user):
        with self.changed:
            self.left_users.add(user)
            self.changed.notify_all()

    def wait_until_left(self, user):
        with self.changed:
            return self.changed.wait_for(lambda: user in self.left_users, PATIENCE_SECONDS)


def error(message, kind, code=None, param=None):
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def choice(**members):
    return {"index": 0, "logprobs": None, **members}


def tool_call(name, arguments, **members):
    function = {"name": name, "arguments": arguments}
    return {**members, "id": "call_1", "type": "function", "function": function}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        user = urllib.parse.parse_qs(url.query)["user"][0]
        if url.path == "/requests":
            self.send_json(200, self.server.record.of_user(user))
        else:
            left = self.server.record.wait_until_left(user)
            self.send_json(200 if left else 504, {"left": left})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        count = self.server.record.add_request(body)
        name = body["model"].removeprefix("scripted").removeprefix("-").split("-")
        if name[0] == "status":
            self.send_json(int(name[1]), error("as the model says", "scripted", "scripted_code"))
        elif name[0] == "retry" and count == 1:
            limited = error("too fast", "requests", "rate_limit_exceeded")
            self.send_json(429, limited, {"retry-after": "1", "retry-after-ms": "20"})
        elif name[0] == "silent":
            self.wait_for_client_to_leave(body)
        elif name[0] == "endless":
            self.stream_endlessly(body)
        elif name[0] == "cut":
            self.stream(body, [{"content": "half"}])
            self.close_connection = True
        elif name[0] == "tool" and body["messages"][-1]["role"] != "tool":
            self.answer_with_tool_call(body)
        else:
            self.answer_with_text(body, OBJECT if name[0] == "object" else WORDS)

    def answer_with_text(self, body, words):
        if not body.get("stream"):
            message = {"role": "assistant", "content": "".join(words), "refusal": None}
            self.send_completion(body, message, "stop")
        else:
            self.stream(body, [{"content": word} for word in words])
            self.end_stream(body, "stop")

    def answer_with_tool_call(self, body):
        name = body["tools"][0]["function"]["name"]
        call = tool_call(name, '{"city": "Bern"}')
        if not body.get("stream"):
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
            self.send_completion(body, message, "tool_calls")
            return
        deltas = [
            {"content": None, "tool_calls": [tool_call(name, "", index=0)]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"city": '}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '"Bern"}'}}]},
        ]
        self.stream(body, deltas)
        self.end_stream(body, "tool_calls")

    def send_completion(self, body, message, finish_reason):
        answer = self.envelope(body, "chat.completion")
        answer["choices"] = [choice(message=message, finish_reason=finish_reason)]
        answer["usage"] = USAGE
        self.send_json(200, answer)

    def send_json(self, status, value, headers=None):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def stream(self, body, deltas):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.send_delta(body, {"role": "assistant", "content": ""})
        for delta in deltas:
            self.send_delta(body, delta)

    def end_stream(self, body, finish_reason):
        self.send_delta(body, {}, finish_reason)
        if (body.get("stream_options") or {}).get("include_usage"):
            chunk = self.envelope(body, "chat.completion.chunk")
            self.send_frame(json.dumps({**chunk, "choices": [], "usage": USAGE}))
        self.send_frame("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def stream_endlessly(self, body):
        self.stream(body, [])
        try:
            while not self.client_has_left(seconds=0.01):
                self.send_delta(body, {"content": " again"})
        except OSError:
            pass
        self.note_that_client_left(body)

    def send_delta(self, body, delta, finish_reason=None):
        chunk = self.envelope(body, "chat.completion.chunk")
        chunk["choices"] = [choice(delta=delta, finish_reason=finish_reason)]
        if (body.get("stream_options") or {}).get("include_usage"):
            chunk["usage"] = None
        self.send_frame(json.dumps(chunk))

    def send_frame(self, data):
        frame = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))

    def envelope(self, body, kind):
        return {
            "id": "chatcmpl-scripted",
            "object": kind,
            "created": 1750000000,
            "model": body["model"],
        }

    def wait_for_client_to_leave(self, body):
        if self.client_has_left(PATIENCE_SECONDS):
            self.note_that_client_left(body)

    def note_that_client_left(self, body):
        self.close_connection = True
        self.server.record.add_left(body.get("user"))

    def client_has_left(self, seconds):
        # The client sends nothing before it has its answer, so what can be read is the end.
        readable, _, _ = select.select([self.connection], [], [], seconds)
        return bool(readable)


class Provider(http.server.ThreadingHTTPServer):
    """Listens on a free port while used as a context."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.record = Record()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.shutdown()
        self.server_close()
