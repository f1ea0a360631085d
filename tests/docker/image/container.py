"""Starts what an image says, without a container engine."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading

PATIENCE_SECONDS = 60
LISTENING = "listening on http://"

# Runs in a mount and a network namespace of its own: every port is free, loopback is all the
# network there is, and the root folder is read-only. It ends in exec, as all that comes before and
# after it does, so that the process is the one that Popen knows.
ENTER = """
set -eu
root=$1; shift
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
for volume in $VOLUMES; do   # as an engine makes them: whose the folder of the image is
  like=$(stat -c 'uid=%u,gid=%g,mode=%a' "$root$volume")
  mount -t tmpfs -o "$like" tmpfs "$root$volume"
done
if [ -n "$CONFIG" ]; then
  mount -t tmpfs tmpfs "$root/etc/penstock"
  cp "$CONFIG" "$root/etc/penstock/penstock.yaml"
  chmod 644 "$root/etc/penstock/penstock.yaml"
fi
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"
"""
RESTRICTED = ["--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


class Image:
    """The root folder of an image, and what `buildah inspect` says about it."""

    def __init__(self, root, description):
        self.root = root
        self.config = json.loads(pathlib.Path(description).read_text())["Docker"]["config"]
        self.user, self.group = self.config["User"].split(":")


class Container:
    """An image that runs while this is used as a context; leaving it ends the process.

    `arguments` stand in the place of the image's CMD, `environment` beside its ENV, and `config`
    is the text of a file that is mounted at /etc/penstock/penstock.yaml.
    """

    def __init__(self, image, arguments=None, environment=None, config=None):
        self.image = image
        self.arguments = image.config["Cmd"] if arguments is None else arguments
        self.environment = [f"{name}={value}" for name, value in (environment or {}).items()]
        self.config = config
        self.errors = []
        self.settled = threading.Event()

    def __enter__(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(self.config or "")
            file.flush()
            self.process = subprocess.Popen(
                self.command(),
                env={
                    **os.environ,
                    "CONFIG": file.name if self.config else "",
                    "VOLUMES": " ".join(self.image.config.get("Volumes") or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            self.reader = threading.Thread(target=self.read_errors)
            self.reader.start()
            # Until it listens or has ended.
            self.settled.wait(PATIENCE_SECONDS)
        return self

    def command(self):
        user, group = self.image.user, self.image.group
        identity = ["setpriv", f"--reuid={user}", f"--regid={group}", *RESTRICTED]
        variables = ["env", "-i", *self.image.config["Env"], *self.environment]
        program = [*self.image.config["Entrypoint"], *self.arguments]
        namespaces = ["unshare", "--mount", "--net", "bash", "-c", ENTER, "enter"]
        return [*namespaces, self.image.root, *identity, *variables, *program]

    def read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line)
            if LISTENING in line:
                self.settled.set()
        self.settled.set()

    def said(self):
        return "".join(self.errors)

    def run(self, *command, inside=True):
        """Runs a command in the container, as its user, or beside it in its network."""
        enter = ["nsenter", f"--target={self.process.pid}", "--net"]
        if inside:
            user = [f"--setuid={self.image.user}", f"--setgid={self.image.group}"]
            enter += ["--mount", "--root", *user, "env", "-i", *self.image.config["Env"]]
        return subprocess.run(
            [*enter, *command], capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )

    def stop(self):
        """Ends it as an engine does; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(getattr(signal, self.image.config["StopSignal"]))
        try:
            return self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.reader.join()

    def __exit__(self, kind, value, trace):
        self.stop()
        self.process.wait()
        self.process.stderr.close()
