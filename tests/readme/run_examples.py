"""run_examples.py PROGRAM README BUILD

Runs the examples of the README: each of its fenced blocks says behind its language what is done.

    run      runs it (sh, python, js) against a gateway with the built-in demo
    health   runs it against that gateway's control plane, which is ready
    chat     the same with PROGRAM in the place of the one that scripts/run builds
    output   what the block before must have printed
    check    a configuration that PROGRAM finds good
    help     commands that exist and know --help; they are too long to run here

A block without such a word is a failure. The status is 77, "skipped", when the SDKs are not in
BUILD; scripts/test installs them.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "sdk"))
from gateway import Gateway  # noqa: E402

SKIPPED = 77
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)\)")
DOCUMENTED_URL = "http://127.0.0.1:4000"
DOCUMENTED_CONTROL_URL = "http://127.0.0.1:4001"

# The built-in configuration, but for the ports.
CONFIG = """
server: {listen: "127.0.0.1:0"}
control: {listen: "127.0.0.1:0"}
upstreams:
  demo: {kind: demo, pace: 1ms}
chain:
  - log: {records: [exchange]}
  - auth: none
  - json_schema: {request: builtin}
"""


class Examples(unittest.TestCase):
    program = readme = build = None

    def run_command(self, command, **options):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def run_code(self, language, code):
        if language == "sh":
            output = self.run_command(["bash", "-euo", "pipefail", "-c", code])
            self.assert_answer(output)
            return output
        if language == "python":
            return self.run_command([self.build / "venv/bin/python", "-c", code])
        self.assertEqual(language, "js")
        # Node looks for the SDK from the folder that it runs in.
        command = ["node", "--input-type=module", "--eval", code]
        return self.run_command(command, cwd=self.build / "sdk-node")

    def assert_answer(self, output):
        """curl is content with any answer; the reader is not."""
        if output.startswith("data: "):
            self.assertTrue(output.endswith("data: [DONE]\n\n"), output)
        else:
            self.assertIn("choices", json.loads(output))

    def check_config(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            secrets = {name: "sk-example" for name in re.findall(r"\$\{(\w+)\}", text)}
            self.run_command([self.program, "check", file.name], env={**os.environ, **secrets})

    def ask_for_help(self, commands):
        for command in commands.split("\n"):
            if command:
                script = self.readme.parent / command.split()[0]
                self.assertIn(command.split()[0], self.run_command([script, "--help"]))

    def chat(self, code, url):
        command = code.strip().replace("build/release/penstock", str(self.program))
        return self.run_command(["bash", "-c", f"{command} --url {url}"])

    def run_block(self, info, text, printed, url):
        language, _, task = info.partition(" ")
        if task == "run":
            return self.run_code(language, text)
        if task == "health":
            printed = self.run_command(["bash", "-euo", "pipefail", "-c", text])
            self.assertEqual(json.loads(printed), {"status": "ok"})
            return printed
        if task == "chat":
            printed = self.chat(text, url)
            self.assertIn("You said: hello", printed)
            return printed
        if task == "output":
            self.assertEqual(printed.strip(), text.strip())
        elif task == "check":
            self.check_config(text)
        elif task == "help":
            self.ask_for_help(text)
        else:
            self.fail(f"nothing is said about what to do with this block: ```{info}")
        return ""

    def test_every_example_works(self):
        blocks = BLOCK.findall(self.readme.read_text())
        self.assertTrue(blocks)
        with Gateway(self.program, CONFIG) as gateway:
            printed = ""
            for info, text in blocks:
                with self.subTest(info, text=text):
                    here = text.replace(DOCUMENTED_URL, gateway.url)
                    here = here.replace(DOCUMENTED_CONTROL_URL, gateway.control_url)
                    printed = self.run_block(info, here, printed, gateway.url)

    def test_every_link_leads_somewhere(self):
        for target in LINK.findall(self.readme.read_text()):
            if not target.startswith("http"):
                with self.subTest(target):
                    self.assertTrue((self.readme.parent / target).exists())


def main():
    program, readme, build = (pathlib.Path(argument) for argument in sys.argv[1:])
    if not (build / "venv/installed.txt").exists() or not (build / "sdk-node").exists():
        print(f"the SDKs are not in {build}; scripts/test installs them")
        return SKIPPED
    Examples.program, Examples.readme, Examples.build = program, readme, build
    return not unittest.main(argv=[sys.argv[0], "-v"], exit=False).result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
