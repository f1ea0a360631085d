"""The benchmark: python3 run.py --build FOLDER [OPTION...]; scripts/bench --help has the rest."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

import measure
import results
from processes import Failed
from scenarios import SCENARIOS
from systems import nginx_program

SKIPPED = 77
QUIET = 0.05  # what others may take of the core


def say(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


def make_parser():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="See docs/benchmarks.md.")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="print the scenarios' names")
    parser.add_argument("--only", metavar="NAME", action="append", help="a scenario; repeatable")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each system")
    parser.add_argument("--seconds", type=float, default=2, help="length of a measurement")
    parser.add_argument("--quick", action="store_true", help="look at the answers only")
    parser.add_argument("--against", type=pathlib.Path, metavar="FILE", help="another penstock")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="where results go")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="a table to paste")
    return parser


def parse(arguments):
    parser = make_parser()
    options = parser.parse_args(arguments)
    known = {scenario.name for scenario in SCENARIOS}
    for name in options.only or []:
        if name not in known:
            parser.error(f"no scenario is called {name}; --list names all")
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be above 0")
    return options


def machine():
    """What the numbers belong to."""
    version = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True).stderr
    return {
        "date": datetime.date.today().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "nginx": version.strip().rpartition("/")[2],
    }


def described(facts):
    return (
        f"{facts['date']}, {facts['cores']} cores, Linux {facts['kernel']}, "
        f"nginx {facts['nginx']}, {facts['rounds']} rounds of {facts['seconds']:g} s; "
        f"other programs took {facts['others']:.0%} of the measured core."
    )


def run(options, folder):
    """All lines of the table, and the names of the scenarios that failed."""
    gateways = {"penstock": (options.build / "penstock").resolve()}
    if options.against:
        gateways["before"] = options.against.resolve()
    setting = measure.Setting(
        programs=options.build.resolve(),
        gateways=gateways,
        folder=folder,
        rounds=options.rounds,
        seconds=options.seconds,
        quick=options.quick,
    )
    lines, failed = [], []
    for scenario in SCENARIOS:
        if options.only and scenario.name not in options.only:
            continue
        try:
            new = results.lines_of(scenario, measure.rounds(setting, scenario, say))
            if not options.quick:
                lines += new
                print(results.to_text(new), file=sys.stderr)
        except Failed as error:
            say(f"{scenario.name} FAILED: {error}")
            failed.append(scenario.name)
    return lines, failed


def write(options, lines, failed):
    facts = {**machine(), "rounds": options.rounds, "seconds": options.seconds}
    if not lines:
        return
    facts["others"] = statistics.mean(line.others for line in lines)
    if options.json:
        rows = [line.to_json() for line in lines]
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**facts, "failed": failed, "rows": rows}, indent=1))
    if options.markdown:
        options.markdown.write_text(f"{described(facts)}\n\n{results.to_markdown(lines)}")
    print(f"{described(facts)}\n\n{results.to_text(lines)}")
    if facts["others"] > QUIET:
        say("other programs were busy; these numbers are worth little")


def main():
    options = parse(sys.argv[1:])
    if options.list:
        print("\n".join(scenario.name for scenario in SCENARIOS))
        return 0
    if nginx_program() is None:
        say("nginx is missing; scripts/bench and scripts/test install it")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as folder:
        lines, failed = run(options, pathlib.Path(folder))
    write(options, lines, failed)
    if failed:
        say(f"failed: {' '.join(failed)}")
        return 1
    say("every answer was right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
