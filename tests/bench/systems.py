"""The systems that are compared: nginx, Penstock, perhaps another Penstock, and the provider."""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import socket
import subprocess

from processes import Failed, children, cores, lines_of, serving, wait_for

KEYS = 1000
KEY = "sk-bench-7"
# Connections to the provider that are kept while idle, for every system.
POOL = 1024
DESCRIPTORS = 20000


@dataclasses.dataclass
class System:
    """Something that listens, and the process whose cost counts."""

    name: str
    port: int
    pid: int


@dataclasses.dataclass
class Tls:
    """One certificate for every server."""

    certificate: pathlib.Path
    key: pathlib.Path


def make_certificate(folder):
    tls = Tls(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", tls.key, "-out", tls.certificate],
        check=True,
        capture_output=True,
    )
    return tls


@contextlib.contextmanager
def provider(programs, folder, tls=None):
    """The scripted upstream, on the core of the instruments."""
    options = ["--tls-certificate", tls.certificate, "--tls-key", tls.key] if tls else []
    command = [programs / "bench_upstream", *options]
    with serving(cores()[1], folder / "provider.err", *command, stdout=subprocess.PIPE) as process:
        with process.stdout:
            yield System("direct", next(lines_of(process.stdout))["port"], process.pid)


def nginx_program():
    """None: there is no nginx here. scripts/bench leaves one in build/ where none is installed."""
    source = pathlib.Path(__file__).resolve().parents[2]
    installed = shutil.which("nginx", path=os.defpath + ":/usr/sbin")
    unpacked = shutil.which("nginx", path=source / "build/nginx/usr/sbin")
    return installed or unpacked


NGINX = """
worker_processes 1;
worker_rlimit_nofile {descriptors};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections {descriptors}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  send_timeout 600s;
  client_max_body_size 64m;
  client_body_buffer_size 2m;
  proxy_max_temp_file_size 0;
  upstream provider {{
    server 127.0.0.1:{provider_port};
    keepalive {pool};
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
  }}
  server {{
    listen 127.0.0.1:{port}{listen_options} backlog=4096;
    {tls}
    location / {{ {location} }}
  }}
}}
"""

NGINX_TLS = """
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    proxy_ssl_protocols TLSv1.2 TLSv1.3;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate {certificate};
    proxy_ssl_name localhost;
    proxy_ssl_server_name on;
"""

PROXY = """
      proxy_pass {scheme}://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 600s;
      proxy_buffering {buffering};
"""


def free_port():
    """A port for a program that cannot choose one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(folder, scenario, provider_port, tls=None):
    """nginx as the reference: nothing but a hop, or nothing but an answer."""
    folder = folder / "nginx"
    folder.mkdir()
    buffering = "off" if scenario.load.streams else "on"
    proxy = PROXY.format(scheme="https" if tls else "http", buffering=buffering)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(
            folder=folder,
            descriptors=DESCRIPTORS,
            pool=POOL,
            provider_port=provider_port,
            port=port,
            listen_options=" ssl" if tls else "",
            tls=NGINX_TLS.format(certificate=tls.certificate, key=tls.key) if tls else "",
            location=scenario.nginx_returns or proxy,
        )
    )
    command = [nginx_program(), "-e", folder / "nginx.err", "-c", config]
    with serving(cores()[0], folder / "words", *command) as process:
        worker = wait_for(lambda: ended(process) or children(process.pid), "a worker of nginx")
        if ended(process):
            raise Failed((folder / "words").read_text())
        yield System("nginx", port, worker[0])


def ended(process):
    return process.poll() is not None


def chain_of(scenario, folder):
    """The layers of a scenario as YAML."""
    if scenario.chain == "none":
        return "chain: [{auth: none}]\n"
    keys = "".join(
        f"        - {{name: key-{n}, key: sk-bench-{n}}}\n" for n in range(KEYS)
    )
    return (
        "chain:\n"
        "  - header: {request: {set: {x-team: blue}}, response: {set: {x-served-by: penstock}}}\n"
        f"  - log: {{records: [exchange], file: {folder}/log}}\n"
        f"  - auth:\n      keys:\n{keys}"
        "  - json_schema: {request: builtin}\n"
        f"  - token_limit: {{limits: [{{per: key, {scenario.limit}}}]}}\n"
    )


def penstock_config(scenario, folder, provider_port, tls):
    server_tls = (
        f"  tls: {{certificate_file: {tls.certificate}, key_file: {tls.key}}}\n" if tls else ""
    )
    upstream_tls = f"    tls: {{ca_file: {tls.certificate}}}\n" if tls else ""
    names = "".join(f"  model-{n}: {{upstream: provider}}\n" for n in range(scenario.models))
    models = f'models:\n{names}  "*": {{upstream: provider}}\n' if names else ""
    return (
        f'server:\n  listen: "127.0.0.1:0"\n  threads: 1\n{server_tls}'
        'control: {listen: "127.0.0.1:0"}\n'
        f"upstreams:\n  provider:\n"
        f"    base_url: {'https' if tls else 'http'}://127.0.0.1:{provider_port}/v1\n"
        f"    proxy: none\n    limits: {{max_idle_connections: {POOL}}}\n{upstream_tls}"
        + models
        + chain_of(scenario, folder)
    )


@contextlib.contextmanager
def penstock(name, program, folder, scenario, provider_port, tls=None):
    """A gateway with one event loop."""
    folder = folder / name
    folder.mkdir()
    config = folder / "penstock.yaml"
    config.write_text(penstock_config(scenario, folder, provider_port, tls))
    words = folder / "words"
    command = [program, "serve", "-c", config]
    with serving(cores()[0], words, *command, stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: ended(process) or port_in(words.read_text()), "the gateway's greeting")
        if ended(process):
            raise Failed(words.read_text())
        yield System(name, port_in(words.read_text()), process.pid)


def port_in(greeting):
    """The port that the gateway says it listens on; None before it does."""
    found = re.search(r"listening on https?://127\.0\.0\.1:(\d+) .*\n", greeting)
    return int(found.group(1)) if found else None
