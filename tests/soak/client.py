"""Clients that ask as the plans say, and leave when the plans say so."""

import asyncio
import dataclasses
import json
from typing import Optional

from plans import answer_body, request_body, request_head
from provider import reset

PATIENCE_SECONDS = 120


@dataclasses.dataclass
class Entry:
    """What a client knows of one of its requests."""

    plan: object
    body_size: int = 0
    sent: bool = False  # every byte of it
    status: Optional[int] = None
    request_id: Optional[str] = None
    problem: str = ""
    in_drain: bool = False


class Left(Exception):
    """The client left, as planned."""


async def read_head(reader):
    """(status, fields)"""
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.split("\r\n")[:-2]
    fields = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in fields}


async def read_pieces(reader, fields):
    """The body, until its proper end."""
    if "content-length" in fields:
        yield await reader.readexactly(int(fields["content-length"]))
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)


def events_of(body):
    return [text.removeprefix("data: ") for text in body.decode().split("\n\n") if text]


def judge_stream(plan, body, is_cut):
    """What is wrong with a stream whose status was 200, in words."""
    *events, last = events_of(body) or [""]
    chunks = [json.loads(event) for event in events]
    text = "".join(c["choices"][0]["delta"]["content"] for c in chunks if c["choices"])
    if not plan.text.startswith(text):
        return "events were lost or came in another order"
    if plan.fault:
        told = is_cut and "error" in json.loads(last if last.startswith("{") else "{}")
        return "" if told else "a stream that broke was not told as one"
    if is_cut or last != "[DONE]" or text != plan.text:
        return "a whole stream came in part"
    return "" if any("usage" in c for c in chunks) == plan.asks_usage else "the usage is wrong"


def judge(plan, status, body, is_cut):
    """What is wrong with an answer, in words."""
    if status not in plan.statuses:
        return f"status {status} in place of {plan.statuses}: {body[:200]}"
    if plan.streams and status == 200:
        return judge_stream(plan, body, is_cut)
    if is_cut:
        return "an answer that is no stream was cut"
    if status == 200 and plan.kind != "models" and body != answer_body(plan):
        return "the answer is not the provider's"
    return ""


class Client:
    """One connection at a time, used again and again."""

    def __init__(self, port, provider, tls):
        self.port, self.provider, self.tls = port, provider, tls
        self.reader = self.writer = None

    async def ask(self, entry, on_first_piece=None):
        """One request, until its answer, its abort or its failure, all of which `entry` tells."""
        number = entry.plan.number
        self.provider.plans[number] = entry.plan
        if entry.plan.abort == "waiting":
            self.provider.came[number] = asyncio.Event()
        keeps = False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                keeps = await self.exchange(entry, on_first_piece)
        except Left:
            pass
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            entry.problem = f"{type(error).__name__}: {error}"
        self.provider.came.pop(number, None)
        if not keeps:
            self.hang_up(entry.plan.resets)

    def hang_up(self, resets=False):
        if self.writer is None:
            return
        if resets:
            reset(self.writer)
        else:
            self.writer.close()
        self.reader = self.writer = None

    async def exchange(self, entry, on_first_piece):
        """Whether the connection may be used again."""
        plan = entry.plan
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.port, ssl=self.tls
            )
        await self.send(entry)
        if plan.abort == "waiting":
            await self.provider.came[plan.number].wait()
            raise Left
        entry.status, fields = await read_head(self.reader)
        entry.request_id = fields.get("x-request-id")
        body, is_cut = b"", False
        try:
            async for piece in read_pieces(self.reader, fields):
                if plan.abort == "in_answer":
                    raise Left
                if not body and on_first_piece:
                    on_first_piece()
                body += piece
        except (asyncio.IncompleteReadError, ConnectionError):
            is_cut = True
        entry.problem = judge(plan, entry.status, body, is_cut)
        return not is_cut and fields.get("connection") != "close"

    async def send(self, entry):
        plan = entry.plan
        body = request_body(plan)
        head = request_head(plan, len(body))
        entry.body_size = len(body)
        parts = {
            "in_head": head[: 1 + int((len(head) - 2) * plan.at)],
            "in_body": head + body[: int((len(body) - 1) * plan.at)],
        }
        if plan.abort in parts:
            self.writer.write(parts[plan.abort])
            await self.writer.drain()
            raise Left
        entry.sent = True
        self.writer.write(head + body)
        await self.writer.drain()
        if plan.abort == "sent":
            raise Left
