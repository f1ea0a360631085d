"""The benchmark: python3 run.py --build FOLDER [OPTION...]; scripts/bench --help has the rest."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import measure
import results
from processes import Failed
from scenarios import SCENARIOS

QUICK_SECONDS = 0.15


def say(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench", description="See docs/benchmarks.md.")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="print the scenarios' names")
    parser.add_argument("--only", metavar="NAME", action="append", help="a scenario; repeatable")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="length of a measurement")
    parser.add_argument("--quick", action="store_true", help="look at the answers only")
    parser.add_argument("--against", type=pathlib.Path, metavar="PROGRAM", help="another penstock")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="where results go")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="a table to paste")
    options = parser.parse_args(arguments)
    known = {scenario.name for scenario in SCENARIOS}
    for name in options.only or []:
        if name not in known:
            parser.error(f"no scenario is called {name}; --list names all")
    return options


def machine():
    """What the numbers belong to."""
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr
    return {
        "date": datetime.date.today().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "nginx": version.strip().rpartition("/")[2],
    }


def described(facts):
    return (
        f"{facts['date']}, {facts['cores']} cores, Linux {facts['kernel']}, "
        f"nginx {facts['nginx']}, {facts['rounds']} rounds of {facts['seconds']:g} s"
    )


def run(options, folder):
    """All lines of the table, and the names of the scenarios that failed."""
    gateways = {"penstock": (options.build / "penstock").resolve()}
    if options.against:
        gateways["before"] = options.against.resolve()
    seconds = QUICK_SECONDS if options.quick else options.seconds
    setting = measure.Setting(
        options.build.resolve(), gateways, folder, options.rounds, seconds, options.quick
    )
    lines, failed = [], []
    for scenario in SCENARIOS:
        if options.only and scenario.name not in options.only:
            continue
        try:
            samples = measure.rounds(setting, scenario, say)
            if not options.quick:
                lines += results.lines_of(scenario, samples)
                print(results.to_text(lines[-len(scenario.rows) :]), file=sys.stderr)
        except Failed as error:
            say(f"{scenario.name} FAILED: {error}")
            failed.append(scenario.name)
    return lines, failed


def write(options, lines, failed):
    facts = {**machine(), "rounds": options.rounds, "seconds": options.seconds}
    if options.json:
        rows = [line.to_json() for line in lines]
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**facts, "failed": failed, "rows": rows}, indent=1))
    if options.markdown:
        options.markdown.write_text(f"{described(facts)}\n\n{results.to_markdown(lines)}")
    if lines:
        print(f"{described(facts)}\n\n{results.to_text(lines)}")


def main():
    options = parse(sys.argv[1:])
    if options.list:
        print("\n".join(scenario.name for scenario in SCENARIOS))
        return 0
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
