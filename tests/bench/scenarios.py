"""The table of scenarios: what is asked of both systems, what is read off, and the bars."""

import dataclasses
from typing import Callable, Optional

from systems import KEY


@dataclasses.dataclass(frozen=True)
class Load:
    """Arguments of bench_load."""

    script: str = "chat-600"
    connections: int = 64
    rate: float = 0
    requests: int = 0
    request_bytes: int = 1000
    key: str = KEY
    status: int = 200
    text: str = ""
    idle: int = 0
    read_rate: int = 0
    churn: bool = False
    ask_usage: bool = False
    at_least_seconds: float = 0

    @property
    def streams(self):
        return self.script.startswith("stream")

    def words(self, port, seconds, ca=None):
        """The command line behind the program's name."""
        options = {
            "port": port,
            "script": self.script,
            "connections": self.connections,
            "rate": self.rate,
            "requests": self.requests,
            "request-bytes": self.request_bytes,
            "header": f"Authorization: Bearer {self.key}",
            "status": self.status,
            "text": self.text,
            "idle": self.idle,
            "read-rate": self.read_rate,
            "seconds": max(seconds, self.at_least_seconds),
            "tls-ca": ca,
            "patience": 120,
        }
        words = [word for name, value in options.items() if value for word in (f"--{name}", value)]
        flags = {"--churn": self.churn, "--ask-usage": self.ask_usage}
        return words + [flag for flag, wanted in flags.items() if wanted]

    def quick(self, script):
        """The same in small, where only the answers are looked at."""
        return dataclasses.replace(
            self,
            script=script or self.script,
            connections=min(self.connections, 16),
            requests=min(self.requests, 16),
            idle=min(self.idle, 16),
            rate=min(self.rate, 100),
            at_least_seconds=0,
        )


@dataclasses.dataclass(frozen=True)
class Sample:
    """One run of one load against one system."""

    cpu_seconds: float
    report: dict
    memory_before_kib: int
    memory_peak_kib: int
    memory_open_kib: int = 0  # when everything stood that is to be held open
    others: float = 0  # part of the core that other programs took meanwhile

    def growth_kib(self, connections):
        return (self.memory_peak_kib - self.memory_before_kib) / connections

    def growth_while_open_kib(self, connections):
        return (self.memory_peak_kib - self.memory_open_kib) / connections


# What is read off: (this system's sample, the sample without any gateway) -> number.
Read = Callable[[Sample, Optional[Sample]], float]


def cpu_per_answer(sample, _):
    return sample.cpu_seconds / sample.report["answers"] * 1e6


def cpu_per_event(sample, _):
    return sample.cpu_seconds / sample.report["events"] * 1e6


def added(times, part):
    """What the system adds to a percentile of the provider alone."""

    def read(sample, direct):
        return sample.report[times][part] - direct.report[times][part]

    return read


def percentile(times, part):
    def read(sample, _):
        return sample.report[times][part]

    return read


def memory_per(connections):
    def read(sample, _):
        return sample.growth_kib(connections)

    return read


def memory_later(connections):
    def read(sample, _):
        return sample.growth_while_open_kib(connections)

    return read


@dataclasses.dataclass(frozen=True)
class Row:
    """One number of a scenario and its bar."""

    title: str
    unit: str
    read: Read
    bar: Optional[float] = None  # of the ratio to nginx, or with `absolute` of the number itself
    absolute: bool = False


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    load: Load
    rows: tuple
    chain: str = "full"  # or none
    limit: str = "tokens: 100G, every: 1m"  # of token_limit
    nginx_returns: str = ""  # in place of a hop
    primes: bool = False  # one request beforehand uses the limit up
    with_direct: bool = False  # the provider alone is measured as well
    watches_memory: bool = False
    from_open: bool = False  # what comes before everything stands does not count
    tls: bool = False
    models: int = 0  # that the gateway has names for
    once: bool = False  # one round
    quick_script: str = ""


def nginx_return(status, error_type, code):
    """An answer of nginx alone, about as long as the gateway's."""
    body = (
        '{"error":{"message":"the key is not valid, or the limit is used up; look at the settings '
        f'of your account and try again","type":"{error_type}","param":null,"code":"{code}",'
        '"origin":"gateway","request_id":"req_0123456789abcdef0123456789"}}'
    )
    return f"default_type application/json; return {status} '{body}';"


def cpu_row(title, bar=None):
    return Row(title, "us CPU", cpu_per_answer, bar)


MIB = 1 << 20
STREAMS = 2000
MANY_STREAMS = 9000
# A page of 4 KiB for every fourth stream: what a heap breathes, and less than any leak by the event.
FLAT_KIB = 1
SLOW = 200
IDLE = 1000
# Of a client that takes nothing: what one read brought (64 KiB), the same with the usage cut out,
# and the copy of what its socket did not take; strings may be longer than what they hold.
SLOW_KIB = 256

SCENARIOS = (
    Scenario("forward", Load(), (cpu_row("forward only, 1 KB", 0.9),), chain="none"),
    Scenario("chain", Load(), (cpu_row("whole chain, 1 KB", 1.2),)),
    Scenario(
        "chain-100k",
        Load(request_bytes=100_000),
        (cpu_row("whole chain, 100 KB request", 1.8),),
    ),
    Scenario("request-10k", Load(request_bytes=10_000), (cpu_row("whole chain, 10 KB request"),)),
    Scenario("request-1m", Load(request_bytes=MIB), (cpu_row("whole chain, 1 MB request"),)),
    Scenario("answer-10k", Load(script="chat-10000"), (cpu_row("whole chain, 10 KB answer"),)),
    Scenario("answer-1m", Load(script=f"chat-{MIB}"), (cpu_row("whole chain, 1 MB answer"),)),
    Scenario(
        "sse-paced",
        Load(script="stream-64-20ms", connections=1200, rate=750, at_least_seconds=3),
        (Row("SSE, about 1,000 streams at 20 ms, per event", "us CPU", cpu_per_event, 1.0),),
        quick_script="stream-8-2ms",
    ),
    Scenario(
        "sse-paced-asked",
        Load(
            script="stream-64-20ms",
            connections=1200,
            rate=750,
            ask_usage=True,
            at_least_seconds=3,
        ),
        (Row("the same, the client asks for the usage", "us CPU", cpu_per_event, 1.0),),
        quick_script="stream-8-2ms",
    ),
    Scenario(
        "sse-unpaced",
        Load(script="stream-64"),
        (Row("SSE, unpaced, 64 events a stream, per event", "us CPU", cpu_per_event, 1.0),),
    ),
    Scenario(
        "sse-latency",
        Load(script="stream-16-20ms", connections=1000, rate=400),
        (
            Row("first event added, p99", "us", added("first_event_us", "p99"), 1.5),
            Row("gap of events at 20 ms, p99", "us", percentile("gap_us", "p99"), 1.5),
        ),
        with_direct=True,
        quick_script="stream-8-2ms",
    ),
    Scenario(
        "latency",
        Load(connections=1000, rate=3000),
        (
            Row("latency added at 3,000 a second, p50", "us", added("latency_us", "p50")),
            Row("latency added at 3,000 a second, p99", "us", added("latency_us", "p99")),
        ),
        with_direct=True,
    ),
    Scenario(
        "memory",
        Load(script="stream-8-500ms", connections=STREAMS, rate=STREAMS, requests=STREAMS),
        (Row("memory of an open stream (2,000)", "KiB", memory_per(STREAMS), 16, absolute=True),),
        watches_memory=True,
        once=True,
        quick_script="stream-8-2ms",
    ),
    Scenario(
        "memory-9000",
        Load(
            script="stream-66-1000ms",
            connections=MANY_STREAMS,
            rate=MANY_STREAMS / 6,
            requests=MANY_STREAMS,
            at_least_seconds=10,
        ),
        (
            Row(
                "memory of an open stream (9,000)",
                "KiB",
                memory_per(MANY_STREAMS),
                16,
                absolute=True,
            ),
            Row(
                "what it grows by in the 60 s for which all are open",
                "KiB",
                memory_later(MANY_STREAMS),
                FLAT_KIB,
                absolute=True,
            ),
        ),
        watches_memory=True,
        once=True,
        quick_script="stream-8-2ms",
    ),
    Scenario(
        "unauthorized",
        Load(key="sk-wrong", status=401, text="invalid_api_key"),
        (cpu_row("401, against nginx `return 401`", 1.0),),
        nginx_returns=nginx_return(401, "invalid_request_error", "invalid_api_key"),
    ),
    Scenario(
        "limited",
        Load(status=429, text="rate_limit_exceeded"),
        (cpu_row("429, against nginx `return 429`", 1.0),),
        limit="tokens: 500, every: 366d",
        nginx_returns=nginx_return(429, "tokens", "rate_limit_exceeded"),
        primes=True,
    ),
    Scenario(
        "slow-readers",
        Load(script="stream-20000", connections=SLOW, read_rate=1000, at_least_seconds=10),
        (Row("memory of a client at 1 KB/s (200)", "KiB", memory_per(SLOW), SLOW_KIB, True),),
        watches_memory=True,
        once=True,
    ),
    Scenario(
        "idle",
        Load(idle=IDLE),
        (cpu_row("whole chain, 1 KB, beside 1,000 idle connections"),),
        from_open=True,
    ),
    Scenario(
        "idle-memory",
        Load(idle=IDLE, connections=1),
        (Row("memory of an idle connection (1,000)", "KiB", memory_per(IDLE)),),
        watches_memory=True,
        once=True,
    ),
    Scenario("churn", Load(churn=True), (cpu_row("whole chain, 1 KB, a connection a request"),)),
    Scenario("tls", Load(), (cpu_row("whole chain, 1 KB, TLS on both sides"),), tls=True),
    Scenario(
        "tls-forward",
        Load(),
        (cpu_row("forward only, 1 KB, TLS on both sides"),),
        chain="none",
        tls=True,
    ),
)
