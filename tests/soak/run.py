"""The soak: python3 run.py --program FILE [OPTION...]; scripts/soak --help has the rest."""

import argparse
import asyncio
import contextlib
import json
import pathlib
import random
import signal
import ssl
import sys
import tempfile
import time
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "bench"), str(TESTS / "sdk")]

from books import Books, Verdict, parse_metrics, read_records, total  # noqa: E402
from client import Client, Entry  # noqa: E402
from gateway import Gateway  # noqa: E402
from plans import KEY, Plan, make_plan  # noqa: E402
from provider import Provider  # noqa: E402
from systems import make_certificate  # noqa: E402
from watch import read_sample, second_half, slope_of  # noqa: E402

CLIENTS = 64
CAPACITY = 1_000_000_000
WINDOW_SECONDS = 366 * 86400
# What memory may grow by over the second half. At 120 requests a second for 20 minutes that is 15
# bytes for each of them: the least that the heap gives, lost by every second request, is found.
# A heap that breathes stays below.
GROWTH_KIB = 1024
# Below that a slope says more of the heap's beginnings than of a leak: it is told, not judged.
JUDGED_MINUTES = 3
DRAIN_STREAMS = 5
PATIENCE_SECONDS = 60

CONFIG = """
server:
  listen: 127.0.0.1:0
  threads: {threads}
  timeouts: {{drain: 60s}}
{tls}
control: {{listen: "127.0.0.1:0"}}
upstreams:
  provider:
    base_url: http://127.0.0.1:{provider_port}/v1
    api_key: key-of-the-gateway
    proxy: none
    timeouts: {{first_byte: 3s, idle: 3s}}
models:
  "*": {{upstream: provider}}
  named: {{upstream: provider}}
chain:
  - header: {{request: {{set: {{x-team: blue}}}}, response: {{set: {{x-served-by: penstock}}}}}}
  - log: {{records: [exchange], file: {log}}}
  - auth: {{keys: [{{name: soak, key: {key}}}]}}
  - json_schema: {{request: builtin}}
  - token_limit: {{limits: [{{per: key, tokens: {capacity}, every: 366d}}]}}
"""


def say(words):
    print(f"soak: {words}", file=sys.stderr, flush=True)


class Soak:
    """One run against one gateway."""

    def __init__(self, options, gateway, provider, tls):
        self.options, self.gateway, self.provider, self.tls = options, gateway, provider, tls
        self.port = int(gateway.url.rpartition(":")[2])
        self.entries = []
        self.samples = []

    def next_entry(self, plan=None):
        number = len(self.entries)
        entry = Entry(plan or make_plan(self.options.seed, number))
        self.entries.append(entry)
        return entry

    async def be_client(self, end):
        """Asks at random times until the end."""
        client = Client(self.port, self.provider, self.tls)
        while True:
            await asyncio.sleep(random.expovariate(self.options.rate / CLIENTS))
            if time.monotonic() > end:
                break
            await client.ask(self.next_entry())
        client.hang_up()

    async def watch(self):
        while True:
            self.samples.append(read_sample(self.gateway.process.pid))
            await asyncio.sleep(self.options.every)

    async def load(self):
        watcher = asyncio.create_task(self.watch())
        end = time.monotonic() + 60 * self.options.minutes
        try:
            await asyncio.gather(*(self.be_client(end) for _ in range(CLIENTS)))
        finally:
            watcher.cancel()

    async def control(self, path):
        def read():
            with urllib.request.urlopen(self.gateway.control_url + path, timeout=60) as answer:
                return answer.read().decode()

        return await asyncio.to_thread(read)

    async def come_to_rest(self):
        """What the gateway shows once nothing is under way any more."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            metrics = parse_metrics(await self.control("/metrics"))
            status = json.loads(await self.control("/v1/status"))
            busy = status["exchanges"] + status["connections"]
            if busy == 0 or time.monotonic() > give_up:
                return metrics, status
            await asyncio.sleep(0.1)

    async def drain(self):
        """Streams that are open when the gateway is told to end run to their end; its status."""
        begun = asyncio.Semaphore(0)
        asking = []
        for _ in range(DRAIN_STREAMS):
            entry = self.next_entry(Plan(len(self.entries), "stream", slow=True))
            entry.in_drain = True
            client = Client(self.port, self.provider, self.tls)
            asking.append(client.ask(entry, begun.release))
        streams = asyncio.gather(*asking)
        for _ in range(DRAIN_STREAMS):
            await asyncio.wait_for(begun.acquire(), PATIENCE_SECONDS)
        self.gateway.process.send_signal(signal.SIGTERM)
        await streams
        return await asyncio.to_thread(self.gateway.process.wait, PATIENCE_SECONDS)


def rest_verdicts(metrics, status, descriptors_before, descriptors_after):
    active = {
        name: total(metrics, f"penstock_{name}")
        for name in ("exchanges_active", "streams_active", "connections", "log_dropped_total")
    }
    active["upstream_active"] = total(metrics, "penstock_upstream_connections", state="active")
    shown = " ".join(f"{name}:{value:g}" for name, value in active.items())
    idle = int(total(metrics, "penstock_upstream_connections", state="idle"))
    words = f"{descriptors_before} before, {descriptors_after} after, {idle} to the provider"
    return [
        Verdict("at rest", not any(active.values()), shown),
        Verdict("descriptors", descriptors_after == descriptors_before + idle, words),
    ]


def flat_verdicts(samples, minutes):
    half = second_half(samples)
    half_minutes = (half[-1].seconds - half[0].seconds) / 60
    judged = minutes >= JUDGED_MINUTES
    verdicts = []
    for name in ("pss_kib", "rss_kib"):
        slope = slope_of(samples, name)
        grown = slope * half_minutes
        first, last = getattr(half[0], name), getattr(half[-1], name)
        words = f"{slope:+.0f} KiB a minute, {grown:+.0f} in the second half ({first}..{last} KiB)"
        verdicts.append(Verdict(name.replace("_kib", ""), not judged or grown <= GROWTH_KIB, words))
    threads = {sample.threads for sample in half}
    verdicts.append(Verdict("threads", len(threads) == 1, f"{sorted(threads)}"))
    return verdicts


async def sample_at_rest(pid):
    """The fewest descriptors of a second: our own question to the control port is one at first."""
    samples = []
    for _ in range(10):
        samples.append(read_sample(pid))
        await asyncio.sleep(0.1)
    return min(samples, key=lambda sample: sample.descriptors)


async def soak(options, provider, gateway, tls, log):
    """All verdicts."""
    run = Soak(options, gateway, provider, tls)
    pid = gateway.process.pid
    await Client(run.port, provider, tls).ask(run.next_entry(Plan(0, "models")))
    await run.come_to_rest()
    before, begun = await sample_at_rest(pid), time.monotonic()
    await run.load()
    metrics, status = await run.come_to_rest()
    (meter,) = json.loads(await run.control("/v1/limits"))["limits"][0]["meters"]
    seconds = time.monotonic() - begun
    after = await sample_at_rest(pid)
    exit_status = await run.drain()

    records = read_records(log.read_text().splitlines())
    words = pathlib.Path(gateway.folder.name, "log").read_text().splitlines()
    books = Books(run.entries, records, provider.seen)
    say(f"{len(run.entries)} requests in {seconds:.0f} s, {len(records)} exchanges, "
        f"{sum(1 for e in run.entries if e.plan.abort)} aborts, "
        f"{sum(1 for e in run.entries if e.plan.fault)} faults of the provider")
    return [
        books.answers(),
        books.once(),
        books.calls(),
        books.refusals(read_records(words, "server")),
        books.counted(metrics),
        books.spent(CAPACITY, meter["remaining"], WINDOW_SECONDS, seconds),
        *rest_verdicts(metrics, status, before.descriptors, after.descriptors),
        *flat_verdicts(run.samples, options.minutes),
        Verdict("drain", exit_status == 0, f"exit status {exit_status}"),
    ]


async def main(options):
    provider = Provider()
    await provider.start()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tls, server_tls = None, ""
        if options.tls:
            made = make_certificate(folder)
            tls = ssl.create_default_context(cafile=made.certificate)
            server_tls = f"  tls: {{certificate_file: {made.certificate}, key_file: {made.key}}}"
        config = CONFIG.format(
            threads=options.threads,
            tls=server_tls,
            provider_port=provider.port,
            log=folder / "exchanges",
            key=KEY,
            capacity=CAPACITY,
        )
        gateway = stack.enter_context(Gateway(options.program, config))
        verdicts = await soak(options, provider, gateway, tls, folder / "exchanges")
    await provider.stop()
    for verdict in verdicts:
        print(f"{verdict.name:21}  {'good' if verdict.good else 'BAD '}  {verdict.words}")
    return 0 if all(verdict.good for verdict in verdicts) else 1


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/soak", description="See docs/benchmarks.md.")
    parser.add_argument("minutes", type=float, nargs="?", default=20, help="how long (20)")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of a run")
    parser.add_argument("--rate", type=float, default=120, help="requests a second (120)")
    parser.add_argument("--threads", type=int, default=2, help="event loops (2)")
    parser.add_argument("--every", type=float, default=1, help="seconds between samples (1)")
    parser.add_argument("--tls", action="store_true", help="clients speak TLS")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    given = parse(sys.argv[1:])
    say(f"the seed is {given.seed}")
    sys.exit(asyncio.run(main(given)))
