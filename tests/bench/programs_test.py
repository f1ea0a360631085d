"""The instruments as programs, and the commands of docs/benchmarks.md. programs_test.py BUILD"""

import json
import pathlib
import re
import subprocess
import sys
import unittest

import measure
import run
import schema
import slow_clients
from processes import Failed
from scenarios import Load
from systems import System

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
PAGE = (SOURCE / "docs/benchmarks.md").read_text()
PATIENCE_SECONDS = 60


def examples(kind):
    """The lines of the page's blocks of a kind, as words."""
    blocks = re.findall(rf"^```sh {kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line.split() for block in blocks for line in block.splitlines()]


class Instruments(unittest.TestCase):
    def setUp(self):
        self.provider = subprocess.Popen([BUILD / "bench_upstream"], stdout=subprocess.PIPE)
        self.addCleanup(self.end_provider)
        self.port = json.loads(self.provider.stdout.readline())["port"]

    def end_provider(self):
        self.provider.terminate()
        self.assertEqual(self.provider.wait(PATIENCE_SECONDS), 0)
        self.provider.stdout.close()

    def load(self, *words):
        """The status, the last object on stdout, and stderr."""
        command = [BUILD / "bench_load", "--port", str(self.port), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        lines = done.stdout.splitlines()
        report = json.loads(lines[-1]) if done.returncode < 2 else None
        return done.returncode, report, done.stderr

    def test_the_examples_of_the_page_run(self):
        upstream, *loads = examples("instruments")
        self.assertEqual(upstream[:2], ["build/release/bench_upstream", "--port"])
        for program, _, port, *words in loads:
            self.assertEqual((program, port), ("build/release/bench_load", upstream[2]))
            status, report, errors = self.load(*words)
            self.assertEqual((status, errors), (0, ""))
            self.assertGreater(report["answers"], 0)
            self.assertGreater(report["latency_us"]["p99.9"], 0)

    def test_a_body_may_come_from_a_file(self):
        page = str(SOURCE / "docs/benchmarks.md")
        status, report, _ = self.load("--body", page, "--status", "422", "--requests", "1")
        self.assertEqual((status, report["answers"]), (0, 1))

    def test_a_wrong_answer_is_status_1(self):
        status, report, errors = self.load("--status", "401", "--requests", "1")
        self.assertEqual((status, report["faults"]), (1, 1))
        self.assertEqual(errors, "bench_load: the status is 200\n")

    def test_a_scenario_with_a_wrong_answer_has_failed(self):
        setting = measure.Setting(BUILD, {}, BUILD, rounds=1, seconds=1, quick=True)
        system = System("example", self.port, self.provider.pid)
        self.assertGreater(measure.ask(setting, Load(), system, 1, None)["answers"], 0)
        with self.assertRaisesRegex(Failed, r"example: \d+ faults, the first: .*the status is 200"):
            measure.ask(setting, Load(status=401), system, 1, None)

    def test_a_wrong_word_is_status_2(self):
        for words in (["--script", "chat"], ["--conections", "1"], ["--body", "/nowhere"]):
            status, _, errors = self.load(*words)
            self.assertEqual(status, 2)
            self.assertIn(words[0] if words[0] == "--conections" else words[1], errors)

    def test_a_port_that_is_taken_is_told(self):
        command = [BUILD / "bench_upstream", "--port", str(self.port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertIn("taken", done.stderr)


class Commands(unittest.TestCase):
    def test_the_commands_of_the_page_are_understood(self):
        commands = examples("bench")
        self.assertGreater(len(commands), 3)
        for program, *words in commands:
            self.assertEqual(program, "scripts/bench")
            run.parse(["--build", str(BUILD), *words])

    def test_those_beside_slow_clients_too(self):
        for program, *words in examples("slow"):
            self.assertEqual(program, "scripts/slow-clients")
            slow_clients.parse(["--build", str(BUILD), *words])

    def test_those_about_schemas_too(self):
        for program, option, *words in examples("schema"):
            self.assertEqual((program, option), ("scripts/bench", "--schema"))
            schema.parse(["--build", str(BUILD), *words])

    @unittest.skipUnless((BUILD / "schema_bench").exists(), "its packages are not installed")
    def test_the_table_about_schemas_is_that_of_the_page(self):
        command = [sys.executable, "-B", SOURCE / "tests/bench/schema.py", "--build", BUILD]
        done = subprocess.run(
            [*command, "--quick", "--rounds", "2"], capture_output=True, text=True, check=True
        )
        rows = [line.split(" | ") for line in done.stdout.splitlines()]
        missing = [row for row in rows if f"\n{row[0]} | " not in PAGE or row[2] not in PAGE]
        self.assertEqual((len(rows), missing), (8, []))

    def test_the_script_tells_every_option(self):
        help_text = (SOURCE / "scripts/bench").read_text()
        options = re.findall(r"^ +(--[a-z]+)", run.make_parser().format_help(), re.MULTILINE)
        self.assertIn("--rounds", options)
        self.assertEqual([name for name in options if f"#   {name} " not in help_text], [])


if __name__ == "__main__":
    unittest.main(argv=["programs_test.py", "-v"])
