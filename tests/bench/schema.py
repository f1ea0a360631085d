"""What JSON Schema costs: python3 schema.py --build FOLDER; scripts/bench --schema runs it.

Prints medians of the repetitions of schema_bench, and the ratios that docs/benchmarks.md holds
against bars. Status 1: a verdict was wrong.
"""

import argparse
import json
import pathlib
import subprocess
import sys

SIZES = {"1000": "1 KB", "100000": "100 KB"}


def measure(program, repetitions, quick):
    """CPU nanoseconds by benchmark and size, the median of all repetitions."""
    command = [
        program,
        f"--benchmark_repetitions={repetitions}",
        "--benchmark_report_aggregates_only=true",
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_format=json",
    ] + (["--benchmark_min_time=0.001"] if quick else [])
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    rows = json.loads(output)["benchmarks"]
    if any(row.get("error_occurred") for row in rows):
        sys.exit("bench: a request that fits was refused")
    return {
        tuple(row["run_name"].split("/")): row["cpu_time"]
        for row in rows
        if row["aggregate_name"] == "median"
    }


def lines(times):
    """Title, number and bar of each row."""
    for size, title in SIZES.items():
        parse, validate = times["parse_alone", size], times["validate", size]
        both = times["parse_and_validate", size]
        valijson = times["valijson_parse_and_validate", size]
        bar = "<= 2 us" if size == "1000" else ""
        yield f"validate {title}", f"{validate / 1000:.2f} us", bar
        bar = "<= 1.0" if size == "100000" else ""
        yield f"validate {title} / simdjson's parse", f"{validate / parse:.2f}", bar
        yield f"valijson {title} / parse and validate", f"{valijson / both:.1f}", ">= 20"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench --schema")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=9, help="repetitions of each benchmark")
    parser.add_argument("--quick", action="store_true", help="look at the verdicts only")
    options = parser.parse_args(arguments)
    if options.rounds < 2:
        parser.error("--rounds must be above 1")
    return options


def main():
    options = parse(sys.argv[1:])
    times = measure(options.build.resolve() / "schema_bench", options.rounds, options.quick)
    print("| what | measured | bar |\n| --- | --- | --- |")
    for row in lines(times):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
