"""What the tests of this folder share. Each is started as NAME_test.py PROGRAM."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DOCKER = SOURCE / "docker"
SKIPPED = 77


def need_tool(name, *places):
    """The path of a program; where there is none, the whole test is skipped."""
    for place in (shutil.which(name), *places):
        if place and pathlib.Path(place).exists():
            return str(place)
    print(f"{name} is missing; scripts/test installs it")
    sys.exit(SKIPPED)


def need_promtool():
    """Prometheus's own tool, which scripts/test unpacks there."""
    return need_tool("promtool", SOURCE / "build/prometheus/usr/bin/promtool")


def need_yaml():
    """The module yaml; where there is none, the whole test is skipped."""
    try:
        import yaml
    except ImportError:
        print("the Python module yaml is missing; scripts/test installs it")
        sys.exit(SKIPPED)
    return yaml


def main():
    """Runs the tests of the calling script. They find PROGRAM in Case.program."""
    Case.program = pathlib.Path(sys.argv[1]).resolve()
    sys.exit(not unittest.main(argv=[sys.argv[0], "-v"], exit=False).result.wasSuccessful())


class Case(unittest.TestCase):
    program = None

    def output_of(self, *command, **options):
        """What a command printed; that it fails is a failure of the test."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def folder(self):
        """A folder that goes away with the test."""
        folder = tempfile.TemporaryDirectory(prefix="penstock-test-")
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def with_secrets(self, text, names):
        """`text` with files of a temporary folder in the place of those in /run/secrets."""
        folder = self.folder()
        for name in names:
            (folder / name).write_text(f"example-of-{name}\n")
        return text.replace("/run/secrets", str(folder))

    def check_config(self, text, **options):
        """That `penstock check` is content with a configuration."""
        file = self.folder() / "penstock.yaml"
        file.write_text(text)
        self.output_of(self.program, "check", file, **options)


def secrets_in(text):
    """The names of the files in /run/secrets that a text mentions."""
    return set(re.findall(r"/run/secrets/(\w+)", text))
