"""Clients that are slow on purpose are shed by the deadlines, and nobody else waits for them.
slow_clients_test.py PROGRAM"""

import asyncio
import contextlib
import pathlib
import socket
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "sdk")]

from client import Client, Entry  # noqa: E402
from gateway import Gateway  # noqa: E402
from plans import KEY, Plan, request_body, request_head  # noqa: E402
from provider import Provider  # noqa: E402

PROGRAM = sys.argv[1]
SENDERS = 90  # of each kind
READERS = 20
PACE_SECONDS = 0.05
PATIENCE_SECONDS = 90
BIG_BYTES = 4 << 20  # far more than the sockets in between hold
LITTLE_ROOM = 4096
STEADY_SECONDS = 5  # more than write_idle
TIMED_OUT = b"HTTP/1.1 408 Request Timeout"

CONFIG = """
server:
  listen: 127.0.0.1:0
  threads: 1
  timeouts: {{head: 1s, body_idle: 1s, write_idle: 2s}}
control: {{listen: "127.0.0.1:0"}}
upstreams:
  provider: {{base_url: "http://127.0.0.1:{port}/v1", api_key: of-the-gateway, proxy: none}}
models: {{"*": {{upstream: provider}}}}
chain:
  - log: {{records: [exchange]}}
  - auth: {{keys: [{{name: tester, key: {key}}}]}}
  - json_schema: {{request: builtin}}
"""


class BigProvider(Provider):
    """Answers a request of the kind `big` with as much."""

    async def answer(self, plan, writer):
        if plan.kind != "big":
            return await super().answer(plan, writer)
        body = b'{"object":"chat.completion","text":"%b"}' % (b"x" * BIG_BYTES)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return True


async def connect(port):
    """A connection that takes in little; both of its ends."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE_ROOM)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=plain, limit=LITTLE_ROOM)


async def send_slowly(reader, writer, beginning):
    """Sends on, byte by byte, until the gateway has had enough; what it said then."""
    said = asyncio.ensure_future(reader.read())
    writer.write(beginning)
    while not said.done():
        writer.write(b"x")
        await asyncio.wait([said], timeout=PACE_SECONDS)
    writer.close()
    return await said


async def read_slowly(reader, writer, request):
    """Asks for much and takes it byte by byte, until the connection is reset."""
    writer.write(request)
    connection = writer.get_extra_info("socket")
    while not connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        try:
            await reader.readexactly(1)
        except ConnectionResetError:
            break
        await asyncio.sleep(PACE_SECONDS)
    writer.transport.abort()


class Probe:
    """A client that behaves, and asks all the time."""

    def __init__(self, port, provider):
        self.client, self.count, self.problems = Client(port, provider, None), 0, []
        self.slowest_seconds = 0.0

    async def ask(self):
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            entry = Entry(Plan(self.count, "chat"))
            await self.client.ask(entry)
            self.slowest_seconds = max(self.slowest_seconds, loop.time() - begun)
            self.count += 1
            self.problems += [entry.problem] if entry.problem else []


class SlowClients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.provider = BigProvider()
        await self.provider.start()
        self.addAsyncCleanup(self.provider.stop)
        gateway = Gateway(PROGRAM, CONFIG.format(port=self.provider.port, key=KEY))
        self.addAsyncCleanup(asyncio.to_thread, gateway.__exit__, None, None, None)
        await asyncio.to_thread(gateway.__enter__)
        self.port = int(gateway.url.rpartition(":")[2])

    async def beside_a_probe(self, count, be_slow):
        """What becomes of so many slow clients, while a probe is answered all the time."""
        connections = [await connect(self.port) for _ in range(count)]
        probe = Probe(self.port, self.provider)
        asking = asyncio.create_task(probe.ask())
        async with asyncio.timeout(PATIENCE_SECONDS):
            results = await asyncio.gather(*(be_slow(*both) for both in connections))
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        probe.client.hang_up()
        self.assertEqual(probe.problems, [])
        self.assertGreater(probe.count, 0)
        print(f"{probe.count} answers beside them, the slowest in {probe.slowest_seconds:.3f} s")
        return results

    async def check_senders(self, beginning):
        answers = await self.beside_a_probe(
            SENDERS, lambda reader, writer: send_slowly(reader, writer, beginning)
        )
        self.assertEqual({answer.partition(b"\r\n")[0] for answer in answers}, {TIMED_OUT})

    async def test_who_sends_a_head_slowly_gets_408(self):
        await self.check_senders(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-a: ")

    async def test_who_sends_a_body_slowly_gets_408(self):
        await self.check_senders(request_head(Plan(0, "chat"), 100_000) + b"{")

    def big_request(self):
        plan = Plan(1_000_000, "big")
        self.provider.plans[plan.number] = plan
        body = request_body(plan)
        return request_head(plan, len(body)) + body

    async def test_who_reads_slowly_is_reset(self):
        request = self.big_request()
        await self.beside_a_probe(READERS, lambda *both: read_slowly(*both, request))

    async def test_who_reads_steadily_gets_everything_in_more_than_the_idle_time(self):
        reader, writer = await connect(self.port)
        writer.write(self.big_request())
        size, loop = 0, asyncio.get_running_loop()
        begun = loop.time()
        while size < BIG_BYTES:
            piece = await reader.read(LITTLE_ROOM)
            self.assertNotEqual(piece, b"", f"the end after {size} bytes")
            size += len(piece)
            due = begun + STEADY_SECONDS * size / BIG_BYTES
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
        writer.close()


if __name__ == "__main__":
    unittest.main(argv=["slow_clients_test.py", "-v"])
