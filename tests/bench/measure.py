"""Runs the loads of a scenario against its systems, in turn."""

import contextlib
import dataclasses
import pathlib
import subprocess
import threading
import time

import systems
from processes import Failed, busy_seconds, cores, cpu_seconds, lines_of, memory_kib, start
from scenarios import Sample

WARM_UP_SECONDS = 0.2
QUICK_SECONDS = 0.1
MEMORY_EVERY_SECONDS = 0.2


@dataclasses.dataclass
class Setting:
    """What holds for a whole run of the benchmark."""

    programs: pathlib.Path  # the folder of the instruments
    gateways: dict  # name -> program
    folder: pathlib.Path  # for configurations and logs
    rounds: int
    seconds: float
    quick: bool  # nothing is measured, only the answers are looked at

    def rounds_of(self, scenario):
        return 1 if scenario.once or self.quick else self.rounds

    def length(self, seconds):
        return QUICK_SECONDS if self.quick else seconds


class OtherPrograms:
    """What other programs take of the core of a system: in vain is measured where that is much."""

    def __init__(self, pid):
        self.pid = pid
        self.begun = time.monotonic()
        self.at_first = self.seconds()

    def seconds(self):
        return busy_seconds(cores()[0]) - cpu_seconds(self.pid)

    def part(self):
        return max(self.seconds() - self.at_first, 0) / (time.monotonic() - self.begun)


class PeakMemory:
    """Looks at the memory of a process now and then, while used as a context."""

    def __init__(self, pid):
        self.pid = pid
        self.kib = memory_kib(pid)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(MEMORY_EVERY_SECONDS):
            self.kib = max(self.kib, memory_kib(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def ask(setting, load, system, seconds, tls, on_open=None):
    """Runs a load to its end; gives the report of a run without a fault."""
    words = load.words(system.port, setting.length(seconds), tls and tls.certificate)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = start(cores()[1], setting.programs / "bench_load", *words, **pipes)
    try:
        report = None
        for line in lines_of(process.stdout):
            if line.get("event") != "open":
                report = line
            elif on_open:
                on_open()
        errors = process.stderr.read()
        if process.wait() != 0 or report is None:
            faults = report["faults"] if report else "unknown"
            raise Failed(f"{system.name}: {faults} faults, the first: {errors.strip()}")
        if report["answers"] + report["unfinished"] == 0:
            raise Failed(f"{system.name}: not a single answer")
        return report
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def sample(setting, scenario, system, tls):
    """One run against one system. Its memory is looked at only where that is the question."""
    before_kib = memory_kib(system.pid)
    open_kib = [before_kib]
    begun = [cpu_seconds(system.pid)]
    others = OtherPrograms(system.pid)

    def on_open():
        if scenario.watches_memory:
            open_kib[0] = memory_kib(system.pid)
        if scenario.from_open:
            begun[0] = cpu_seconds(system.pid)

    watching = PeakMemory(system.pid) if scenario.watches_memory else contextlib.nullcontext()
    with watching:
        report = ask(setting, scenario.load, system, setting.seconds, tls, on_open)
        used = cpu_seconds(system.pid) - begun[0]
    peak_kib = watching.kib if scenario.watches_memory else before_kib
    return Sample(used, report, before_kib, peak_kib, open_kib[0], others.part())


@contextlib.contextmanager
def started(setting, scenario, folder):
    """All systems of a scenario, in the order in which they are measured, and the TLS in use."""
    tls = systems.make_certificate(folder) if scenario.tls else None
    with contextlib.ExitStack() as stack:
        provider = stack.enter_context(systems.provider(setting.programs, folder, tls))
        all_systems = [provider] if scenario.with_direct else []
        all_systems.append(
            stack.enter_context(systems.nginx(folder, scenario, provider.port, tls))
        )
        for name, program in setting.gateways.items():
            gateway = systems.penstock(name, program, folder, scenario, provider.port, tls)
            all_systems.append(stack.enter_context(gateway))
        yield all_systems, tls


def warm_up(setting, scenario, system, tls):
    """Fills pools and caches, and uses the limit up where that is the scenario."""
    if scenario.primes and system.name in setting.gateways:
        one = dataclasses.replace(scenario.load, status=200, text="", requests=1)
        ask(setting, one, system, setting.seconds, tls)
    few = {"idle": 0, "read_rate": 0, "rate": 0, "requests": 0, "at_least_seconds": 0}
    if scenario.watches_memory:
        few |= {"requests": 1, "script": "stream-2" if scenario.load.streams else "chat-600"}
    elif scenario.load.streams:
        few |= {"script": "stream-64"}
    load = dataclasses.replace(scenario.load, **few)
    ask(setting, load, system, WARM_UP_SECONDS, tls)


def rounds(setting, scenario, say):
    """A list of rounds, each a map from the system's name to its sample."""
    if setting.quick:
        load = scenario.load.quick(scenario.quick_script)
        scenario = dataclasses.replace(scenario, load=load)
    folder = setting.folder / scenario.name
    folder.mkdir()
    result = []
    with started(setting, scenario, folder) as (all_systems, tls):
        for system in all_systems:
            warm_up(setting, scenario, system, tls)
        for number in range(setting.rounds_of(scenario)):
            say(f"{scenario.name}, round {number + 1} of {setting.rounds_of(scenario)}")
            result.append(
                {system.name: sample(setting, scenario, system, tls) for system in all_systems}
            )
    return result
