"""What is asked, what goes wrong with it, and what has to come of it. All drawn from a seed."""

import dataclasses
import json
import random

KEY = "sk-soak"
MODEL = "soak-"
# Of the output, so that one reservation that is left stands out of all that is used.
CAP = 1_000_000
INPUT_TOKENS = 11
OUTPUT_TOKENS = 7
EVENTS = 12  # of a stream
CHAT = "/v1/chat/completions"
BIG_BYTES = 200_000

# What reaches the provider, and how often.
ASKED = {"chat": 30, "stream": 30, "embeddings": 8, "completions": 8, "responses": 8, "big": 6}
# What the gateway answers by itself: the status, and whether it is an exchange at all.
ANSWERED = {
    "models": (200, True),
    "bad_json": (400, True),
    "bad_schema": (400, True),
    "wrong_key": (401, True),
    "no_such_path": (404, False),
    "wrong_type": (415, False),
    "bad_head": (400, False),
}
# The provider's faults and the statuses that a client may see of them.
FAULTS = {
    "reset": {502},
    "half_head": {502},
    "garbage": {502},
    "cut": {502},
    "stall": {504},
    "status_429": {429},
    "status_500": {500},
    "status_503": {503},
}
STREAM_FAULTS = {"cut": {200, 502}, "reset_later": {200, 502}, "stall_later": {200, 504}}
ABORTS = ("in_head", "in_body", "sent", "waiting", "in_answer")
FAULT_PART = 0.12
ABORT_PART = 0.12


@dataclasses.dataclass(frozen=True)
class Plan:
    """One request. `fault` is the provider's, `abort` the phase in which the client leaves."""

    number: int
    kind: str
    fault: str = ""
    abort: str = ""
    resets: bool = False  # whoever leaves does so by a reset
    asks_usage: bool = False
    slow: bool = False  # the provider takes its time
    at: float = 0.5  # where, as a part of what could be sent

    @property
    def model(self):
        return f"{MODEL}{self.number}"

    @property
    def streams(self):
        return self.kind == "stream"

    @property
    def is_exchange(self):
        return self.kind in ASKED or ANSWERED[self.kind][1]

    @property
    def statuses(self):
        """Those that a client which stays may see."""
        if self.kind in ANSWERED:
            return {ANSWERED[self.kind][0]}
        if not self.fault:
            return {200}
        return (STREAM_FAULTS if self.streams else FAULTS).get(self.fault) or FAULTS[self.fault]

    @property
    def text(self):
        """What the answer says."""
        return "".join(self.words)

    @property
    def words(self):
        return [f"{self.number}.{n} " for n in range(EVENTS)]


def make_plan(seed, number):
    """The same for the same seed, whatever came before."""
    draw = random.Random(f"{seed}/{number}")
    kinds = {**ASKED, **dict.fromkeys(ANSWERED, 1)}
    kind = draw.choices(list(kinds), kinds.values())[0]
    if kind in ANSWERED:
        return Plan(number, kind)
    fault = abort = ""
    luck = draw.random()
    if luck < FAULT_PART:
        faults = {**FAULTS, **STREAM_FAULTS} if kind == "stream" else FAULTS
        fault = draw.choice(sorted(faults))
    elif luck < FAULT_PART + ABORT_PART:
        abort = draw.choice(ABORTS)
    return Plan(
        number,
        kind,
        fault,
        abort,
        resets=draw.random() < 0.5,
        asks_usage=draw.random() < 0.5,
        slow=draw.random() < 0.3,
        at=draw.random(),
    )


def request_body(plan):
    """The bytes of the request's body."""
    chat = {"model": plan.model, "max_tokens": CAP, "messages": [message(plan)]}
    if plan.kind == "bad_json":
        return json.dumps(chat).encode()[:-1]
    bodies = {
        "bad_schema": {**chat, "messages": []},
        "embeddings": {"model": plan.model, "input": plan.text},
        "completions": {"model": plan.model, "max_tokens": CAP, "prompt": plan.text},
        "responses": {"model": plan.model, "max_output_tokens": CAP, "input": plan.text},
        "stream": {**chat, "stream": True},
        "models": None,
    }
    body = bodies.get(plan.kind, chat)
    if plan.streams and plan.asks_usage:
        body["stream_options"] = {"include_usage": True}
    return json.dumps(body).encode() if body else b""


def message(plan):
    content = "x" * BIG_BYTES if plan.kind == "big" else plan.text
    return {"role": "user", "content": content}


def request_head(plan, size):
    """The bytes in front of the body."""
    paths = {"models": "/v1/models", "no_such_path": "/v1/nothing"}
    if plan.kind in ("embeddings", "completions", "responses"):
        paths[plan.kind] = f"/v1/{plan.kind}"
    method = "GET" if plan.kind == "models" else "POST"
    content_type = "text/plain" if plan.kind == "wrong_type" else "application/json"
    lines = [
        f"{method} {paths.get(plan.kind, CHAT)} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {'sk-wrong' if plan.kind == 'wrong_key' else KEY}",
    ]
    if plan.kind == "bad_head":
        lines.append("Content-Length : 0")
    if size:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {size}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def usage(plan):
    if plan.kind == "responses":
        words = ("input_tokens", "output_tokens")
    else:
        words = ("prompt_tokens", "completion_tokens")
    output = 0 if plan.kind == "embeddings" else OUTPUT_TOKENS
    return {words[0]: INPUT_TOKENS, words[1]: output, "total_tokens": INPUT_TOKENS + output}


def answer_body(plan):
    """The bytes of an answer in one piece."""
    objects = {"embeddings": "list", "completions": "text_completion", "responses": "response"}
    answer = {"id": f"id-{plan.number}", "object": objects.get(plan.kind, "chat.completion")}
    answer |= {"created": 1750000000, "model": plan.model, "usage": usage(plan)}
    if plan.kind == "embeddings":
        answer["data"] = [{"object": "embedding", "index": 0, "embedding": [0.25]}]
    elif plan.kind == "responses":
        answer["output"] = [{"type": "message", "content": plan.text}]
    else:
        reply = {"role": "assistant", "content": plan.text}
        answer["choices"] = [{"index": 0, "message": reply, "finish_reason": "stop"}]
    return json.dumps(answer).encode()


def stream_event(plan, **members):
    chunk = {"id": f"id-{plan.number}", "object": "chat.completion.chunk"}
    chunk |= {"created": 1750000000, "model": plan.model, **members}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def stream_events(plan, with_usage):
    """The events of a whole stream."""
    last = len(plan.words) - 1
    for n, word in enumerate(plan.words):
        reason = "stop" if n == last else None
        choice = {"index": 0, "delta": {"content": word}, "finish_reason": reason}
        yield stream_event(plan, choices=[choice])
    if with_usage:
        yield stream_event(plan, choices=[], usage=usage(plan))
    yield b"data: [DONE]\n\n"
