"""Starts the gateway for tests that are not written in C++."""

import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

PATIENCE_SECONDS = 60
LISTENING = "listening on "
CONTROL = "control on http://"
SANITIZER_WORDS = ("Sanitizer:", "runtime error:")


class Gateway:
    """`penstock serve -c FILE`, running while used as a context.

    The configuration should listen on 127.0.0.1:0; `url` says where it does, and `control_url`
    where its control plane does. Leaving the context stops the gateway and raises when it did not end well or a sanitizer spoke.
    """

    def __init__(self, program, config):
        self.program = program
        self.config = config
        self.errors = []
        self.listens = threading.Event()
        self.url = None
        self.control_url = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="penstock-test-")
        file = pathlib.Path(self.folder.name, "penstock.yaml")
        file.write_text(self.config)
        log = open(pathlib.Path(self.folder.name, "log"), "wb")
        self.process = subprocess.Popen(
            [self.program, "serve", "-c", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
            text=True,
        )
        log.close()
        self.reader = threading.Thread(target=self.read_errors)
        self.reader.start()
        self.listens.wait(PATIENCE_SECONDS)
        if self.url is None:
            self.process.kill()
            self.reader.join()
            raise RuntimeError("the gateway did not start:\n" + "".join(self.errors))
        return self

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line)
            if self.url is None and LISTENING in line:
                self.url = line.split(LISTENING)[1].split()[0]
                if CONTROL in line:
                    self.control_url = "http://" + line.split(CONTROL)[1].rstrip(")\n")
                self.listens.set()
        self.listens.set()

    def __exit__(self, kind, value, trace):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "none within the time allowed"
        self.reader.join()
        self.process.stderr.close()
        self.folder.cleanup()
        errors = "".join(self.errors)
        if status != 0 or any(words in errors for words in SANITIZER_WORDS):
            raise RuntimeError(f"the gateway ended with status {status}:\n{errors}")
        if kind is not None:
            print(errors, file=sys.stderr)
