"""image_test.py ROOT DESCRIPTION

The image in the folder ROOT, described by DESCRIPTION, as somebody meets it who runs it. Called by
scripts/test-image.
"""

import json
import pathlib
import re
import sys
import unittest

from container import Container, Image

URL = "http://127.0.0.1:4000/v1/chat/completions"
QUESTION = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
KEY = "sk-given-to-the-container"
CONFIG = """
server: {listen: "0.0.0.0:4000"}
upstreams: {demo: {kind: demo, pace: 1ms}}
chain:
  - auth: {keys: [{name: mounted, key: sk-from-the-mounted-file}]}
"""


class ImageTest(unittest.TestCase):
    image = None

    def ask(self, container, key=None):
        """The status and the answer of a chat."""
        headers = ["-H", "content-type: application/json"]
        if key:
            headers += ["-H", f"authorization: Bearer {key}"]
        done = container.run(
            *["curl", "-sS", "-w", "\n%{http_code}", *headers, "-d", json.dumps(QUESTION), URL],
            inside=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr + container.said())
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body)

    def assert_answers(self, container, key):
        status, answer = self.ask(container, key)
        self.assertEqual(status, 200, answer)
        self.assertIn("hello", answer["choices"][0]["message"]["content"])

    def test_a_key_from_the_environment_is_needed_and_enough(self):
        with Container(self.image, environment={"PENSTOCK_KEY": KEY}) as container:
            self.assertEqual(self.ask(container)[0], 401)
            self.assertEqual(self.ask(container, "sk-another")[0], 401)
            self.assert_answers(container, KEY)
            self.assertNotIn(KEY, container.said())

    def test_without_one_it_prints_the_key_that_it_made(self):
        with Container(self.image) as container:
            keys = re.findall(r"sk-\S+", container.said())
            self.assertEqual(len(keys), 1, container.said())
            self.assertEqual(self.ask(container)[0], 401)
            self.assert_answers(container, keys[0])

    def test_no_two_runs_make_the_same_key(self):
        keys = []
        for _ in range(2):
            with Container(self.image) as container:
                keys += re.findall(r"sk-\S+", container.said())
        self.assertEqual(len(set(keys)), 2, keys)

    def test_a_mounted_configuration_is_served(self):
        arguments = ["serve", "-c", "/etc/penstock/penstock.yaml"]
        with Container(self.image, arguments, config=CONFIG) as container:
            self.assertEqual(self.ask(container, KEY)[0], 401)
            self.assert_answers(container, "sk-from-the-mounted-file")

    def test_its_health_check_tells_whether_it_is_ready(self):
        kind, *check = self.image.config["Healthcheck"]["Test"]
        self.assertEqual(kind, "CMD")
        with Container(self.image) as container:
            healthy = container.run(*check)
            self.assertEqual(healthy.returncode, 0, healthy.stderr)
        with Container(self.image, ["health"]) as container:
            self.assertEqual(container.process.wait(), 1, container.said())

    def test_it_runs_as_nobody_in_particular(self):
        with Container(self.image) as container:
            text = pathlib.Path(f"/proc/{container.process.pid}/status").read_text()
            status = dict(line.split(":\t", 1) for line in text.splitlines())
            self.assertEqual(status["Uid"].split(), ["10001"] * 4)
            self.assertEqual(status["Gid"].split(), ["10001"] * 4)
            for kind in ("CapEff", "CapPrm", "CapBnd"):
                self.assertEqual(int(status[kind], 16), 0)

    def test_its_root_cannot_be_written_and_that_does_not_matter(self):
        with Container(self.image, environment={"PENSTOCK_KEY": KEY}) as container:
            touched = container.run("touch", "/tmp/file")
            self.assertIn("Read-only file system", touched.stderr)
            self.assert_answers(container, KEY)

    def test_what_limits_have_used_goes_to_its_volume(self):
        self.assertEqual(list(self.image.config["Volumes"]), ["/var/lib/penstock"])
        with Container(self.image) as container:
            kept = container.run("ls", "/var/lib/penstock").stdout
            self.assertIn("limits.journal", kept, container.said())

    def test_its_stop_signal_ends_it_cleanly(self):
        with Container(self.image, environment={"PENSTOCK_KEY": KEY}) as container:
            self.assert_answers(container, KEY)
            self.assertEqual(container.stop(), 0, container.said())

    def test_it_holds_the_program_alone(self):
        for tool in ("g++", "cmake", "curl"):
            self.assertFalse(pathlib.Path(self.image.root, "usr/bin", tool).exists(), tool)
        headers = pathlib.Path(self.image.root, "usr/include")
        self.assertEqual(list(headers.rglob("*.h")), [])
        self.assertTrue(pathlib.Path(self.image.root, "etc/ssl/certs/ca-certificates.crt").exists())

    def test_its_label_is_the_version_of_the_program(self):
        with Container(self.image) as container:
            said = container.run("penstock", "version").stdout
            self.assertIn(self.image.config["Labels"]["org.opencontainers.image.version"], said)


if __name__ == "__main__":
    root, description = sys.argv[1:]
    ImageTest.image = Image(root, description)
    program = unittest.main(argv=[sys.argv[0], "-v"], exit=False)
    sys.exit(not program.result.wasSuccessful())
