"""with_gateway.py [--without-auth] PROGRAM SDK COMMAND [ARGUMENT...]

Starts the scripted provider and the gateway PROGRAM in front of it, and runs a command with

    PENSTOCK_URL   the base URL for SDKs, with /v1
    PENSTOCK_KEY   a key that the gateway takes
    PROVIDER_URL   where to ask the provider what it has seen

With --without-auth the gateway has no `auth` in its chain, and so no limits for each key.

Its status is the command's, or 1 when the gateway did not end well. It is 77, "skipped", when the
file SDK does not exist, which scripts/test leaves where it installed what the command needs.
"""

import os
import subprocess
import sys

from gateway import Gateway
from provider import Provider

KEY = "sk-test-of-the-sdks"
SKIPPED = 77

CONFIG = """
server:
  listen: 127.0.0.1:0
  timeouts: {{drain: 5s}}
control: {{listen: "127.0.0.1:0"}}
upstreams:
  demo: {{kind: demo, pace: 1ms}}
  provider:
    base_url: {provider}/v1
    api_key: key-of-the-gateway
  impatient:
    base_url: {provider}/v1
    api_key: key-of-the-gateway
    timeouts: {{first_byte: 200ms}}
  nowhere:
    base_url: http://127.0.0.1:1/v1
    api_key: key-of-the-gateway
models:
  demo: {{upstream: demo}}
  demo-cut: {{upstream: demo}}
  demo-error-429: {{upstream: demo}}
  demo-error-500: {{upstream: demo}}
  scripted: {{upstream: provider}}
  scripted-cut: {{upstream: provider}}
  scripted-endless: {{upstream: provider}}
  scripted-object: {{upstream: provider}}
  scripted-retry: {{upstream: provider}}
  scripted-silent: {{upstream: provider}}
  scripted-status-400: {{upstream: provider}}
  scripted-status-401: {{upstream: provider}}
  scripted-status-404: {{upstream: provider}}
  scripted-status-500: {{upstream: provider}}
  scripted-tool: {{upstream: provider}}
  silent: {{upstream: impatient, model: scripted-silent}}
  unreachable: {{upstream: nowhere}}
chain:
  - header: {{response: {{set: {{x-served-by: penstock}}}}}}
  - log: {{records: [exchange]}}
"""

CHAIN_WITH_AUTH = f"""
  - auth: {{keys: [{{name: sdk, key: {KEY}}}]}}
  - json_schema: {{request: builtin, response: {{provider: true, structured: true}}}}
  - token_limit: {{limits: [{{per: key, tokens: 1M, every: 1h}}]}}
"""

CHAIN_WITHOUT_AUTH = """
  - json_schema: {request: builtin}
"""


def main():
    arguments = sys.argv[1:]
    chain = CHAIN_WITH_AUTH
    if arguments[0] == "--without-auth":
        arguments.pop(0)
        chain = CHAIN_WITHOUT_AUTH
    program, sdk, *command = arguments
    if not os.path.exists(sdk):
        print(f"{sdk} is missing; scripts/test installs it")
        return SKIPPED
    with Provider() as provider:
        with Gateway(program, CONFIG.format(provider=provider.url) + chain) as gateway:
            environment = {
                **os.environ,
                "PENSTOCK_URL": gateway.url + "/v1",
                "PENSTOCK_KEY": KEY,
                "PROVIDER_URL": provider.url,
            }
            return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
