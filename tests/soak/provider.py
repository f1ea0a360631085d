"""A provider that fails as the plans say."""

import asyncio
import collections
import json
import socket
import struct

from plans import MODEL, answer_body, stream_events

PACE_SECONDS = 0.02
NO_LINGER = struct.pack("ii", 1, 0)


def reset(writer):
    """Ends a connection by a reset, not by a proper end."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()


class Provider:
    """Listens on a free port once `start` has been awaited."""

    def __init__(self):
        self.plans = {}  # number -> plan, of the requests that are on their way
        self.seen = collections.Counter()  # number -> how often it came
        self.came = {}  # number -> event, for clients that wait for it
        self.open = set()

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for writer in list(self.open):
            writer.transport.abort()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        self.open.add(writer)
        try:
            while await self.serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def serve_one(self, reader, writer):
        """False: the connection has ended."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(size))
        number = int(body["model"].removeprefix(MODEL))
        plan = self.plans[number]
        self.seen[number] += 1
        if number in self.came:
            self.came[number].set()
        if plan.slow:
            await asyncio.sleep(PACE_SECONDS * plan.at)
        if plan.fault == "stall" or plan.abort == "waiting":
            await reader.read(1)  # until the gateway has had enough
            return False
        if plan.fault == "reset":
            reset(writer)
            return False
        if plan.streams and not plan.fault.startswith(("status", "half", "garbage")):
            asks = (body.get("stream_options") or {}).get("include_usage", False)
            return await self.stream(plan, asks, reader, writer)
        return await self.answer(plan, writer)

    async def answer(self, plan, writer):
        status, body = "200 OK", answer_body(plan)
        if plan.fault.startswith("status"):
            status = f"{plan.fault.removeprefix('status_')} As Planned"
            body = b'{"error":{"message":"as planned","type":"planned","param":null,"code":null}}'
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        message = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        if plan.fault == "garbage":
            message = b"\0\xff" * 100 + b"\r\n\r\n"
        elif plan.fault == "half_head":
            # Nothing at all would be a dead connection, and asked for anew.
            message = message[: 1 + int((len(head) - 1) * plan.at)]
        elif plan.fault == "cut":
            message = message[: -1 - int((len(body) - 1) * plan.at)]
        writer.write(message)
        await writer.drain()
        return plan.fault in ("", "status_429", "status_500", "status_503")

    async def stream(self, plan, with_usage, reader, writer):
        events = list(stream_events(plan, with_usage))
        if plan.fault:
            events = events[: 1 + int(plan.at * (len(plan.words) - 1))]
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for event in events:
            writer.write(b"%x\r\n%b\r\n" % (len(event), event))
            await writer.drain()
            if plan.slow:
                await asyncio.sleep(PACE_SECONDS)
        if plan.fault == "stall_later":
            await reader.read(1)
        elif plan.fault == "reset_later":
            reset(writer)
        elif not plan.fault:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return not plan.fault
