"""A probe beside slow clients: python3 slow_clients.py --build FOLDER; see scripts/slow-clients."""

import argparse
import contextlib
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure
import systems
from processes import Failed, cores, start, wait_for
from scenarios import KEY, Load, Scenario

BAR = 1.1  # of the probe's p99
SETTLED_PART = 0.9  # of the slow clients, connected before the probe begins
# The list of so many models is longer than what the sockets in between hold.
SCENARIO = Scenario("slow-clients", Load(), (), models=3000)
# slowhttptest has no option for a header field, but sends the value of Accept as it is.
FIELDS = f"*/*\r\nAuthorization: Bearer {KEY}"
ATTACKS = {
    "slow head": ("-H", "-i", "5", "/v1/chat/completions"),
    "slow body": ("-B", "-i", "5", "-f", "application/json", "/v1/chat/completions"),
    "slow read": ("-X", "-w", "1", "-y", "512", "-n", "5", "-z", "32", "/v1/models"),
}


def say(words):
    print(f"slow-clients: {words}", file=sys.stderr, flush=True)


def descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


@contextlib.contextmanager
def attack(options, name, system):
    """slowhttptest against the system, from the time at which its connections stand."""
    *words, path = ATTACKS[name]
    before = descriptors(system.pid)
    seconds = int(options.seconds) + 30
    words += ["-c", options.connections, "-r", options.connections, "-l", seconds, "-p", 30]
    words += ["-m", FIELDS, "-v", 0, "-u", f"http://127.0.0.1:{system.port}{path}"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = start(cores()[1], "slowhttptest", *words, **silent)
    try:
        enough = before + SETTLED_PART * options.connections
        wait_for(lambda: descriptors(system.pid) >= enough, f"the connections of {name}")
        yield
    finally:
        process.terminate()
        process.wait()


def probe(options, setting, system):
    load = Load(connections=200, rate=options.rate)
    return measure.ask(setting, load, system, options.seconds, None)["latency_us"]["p99"]


def rounds(options, setting, system, name):
    """Pairs of the probe's p99 in microseconds: alone and beside the slow clients."""
    for number in range(options.rounds):
        say(f"{name}, round {number + 1} of {options.rounds}")
        alone = probe(options, setting, system)
        with attack(options, name, system):
            beside = probe(options, setting, system)
        wait_for(lambda: descriptors(system.pid) < options.connections / 2, "the slow ones' end")
        yield alone, beside


def run(options, folder):
    build = options.build.resolve()
    setting = measure.Setting(build, {}, folder, options.rounds, options.seconds, quick=False)
    met = True
    with systems.provider(build, folder) as provider:
        gateway = systems.penstock("penstock", build / "penstock", folder, SCENARIO, provider.port)
        with gateway as system:
            probe(options, setting, system)
            for name in ATTACKS:
                pairs = list(rounds(options, setting, system, name))
                ratios = [beside / alone for alone, beside in pairs]
                ratio = statistics.median(ratios)
                met = met and ratio <= BAR
                print(
                    f"{name}: p99 {ratio:.2f} ({min(ratios):.2f}..{max(ratios):.2f}) x alone, "
                    f"{statistics.median(a for a, _ in pairs):.0f} us alone, "
                    f"bar {BAR} {'met' if ratio <= BAR else 'NOT MET'}"
                )
    return 0 if met else 1


def parse(arguments):
    about = "See docs/benchmarks.md."
    parser = argparse.ArgumentParser(prog="scripts/slow-clients", description=about)
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of measurements")
    parser.add_argument("--seconds", type=float, default=5, help="length of a measurement")
    parser.add_argument("--rate", type=float, default=500, help="requests a second of the probe")
    parser.add_argument("--connections", type=int, default=1000, help="slow clients")
    return parser.parse_args(arguments)


def main():
    options = parse(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as folder:
        try:
            return run(options, pathlib.Path(folder))
        except Failed as error:
            say(f"FAILED: {error}")
            return 1


if __name__ == "__main__":
    sys.exit(main())
