#!/usr/bin/env python3
"""Writes prices.yaml from the price table of the Python package litellm; scripts/prices runs it.

make_prices.py TABLE VERSION DATE > config/models/prices.yaml

Taken are the list prices for tokens of the providers below, as a request pays them that asks for no
other tier of service. Left out are models that have none, or that are free for a time. Decimal
numbers stay what they are written as.
"""

import collections
import decimal
import json
import re
import sys

# The name of a model, without the prefix here, is the one that the provider's own API takes.
PROVIDERS = {
    "openai": "",
    "text-completion-openai": "",
    "anthropic": "",
    "gemini": "gemini/",
    "vertex_ai-language-models": "",
    "mistral": "mistral/",
    "deepseek": "deepseek/",
    "xai": "xai/",
    "cohere": "",
    "cohere_chat": "",
    "groq": "groq/",
    "moonshot": "moonshot/",
    "dashscope": "dashscope/",
    "azure": None,  # the whole name, and only where the price is not that of the same name elsewhere
}
MODES = {"chat", "completion", "embedding", "responses"}
MILLION = decimal.Decimal(1_000_000)
MOST_DIGITS = 6  # behind the point of dollars per million tokens, as the program takes them
WIDTH = 120

HEAD = """\
# What tokens cost: list prices in US dollars per million tokens. This file is part of the program; docs/prices.md explains it.
#
# Made by scripts/prices from the price table of the Python package litellm {version} (MIT licence, copyright 2023 Berri AI)
# on {date}. Prices change: give your own file by `model_data: {{prices: FILE}}` where money matters.
#
# prices, a list of:
#   models        names, or beginnings of names that end in `*`. An exact name wins over a beginning, a longer beginning over
#                 a shorter one. Upper and lower case are the same. Where a whole name is unknown, what stands behind its last
#                 `/` counts: `openai/gpt-4o` is `gpt-4o`. A model that no entry names has no price.
#   input         of the request's tokens
#   cached        of those of them that the provider had in its cache; default: input
#   output        of the answer's tokens
#   reasoning     of those of them that the model thought with; default: output
#   long_context  other prices for the whole request where its input is longer: a list of {{above, input, cached, output, reasoning}}
prices:
"""


def per_million(number):
    """A number of the table as this file writes it, rounded up where it needs more digits."""
    value = decimal.Decimal(number) * MILLION
    if -value.normalize().as_tuple().exponent > MOST_DIGITS:
        value = value.quantize(decimal.Decimal(1).scaleb(-MOST_DIGITS), decimal.ROUND_UP)
    return f"{value.normalize():f}"


def rates(entry, suffix=""):
    keys = {"input": "input_cost_per_token", "cached": "cache_read_input_token_cost",
            "output": "output_cost_per_token", "reasoning": "output_cost_per_reasoning_token"}
    return {name: per_million(entry[key + suffix])
            for name, key in keys.items() if entry.get(key + suffix) is not None}


def without_defaults(found):
    """Some entries say 0 of a part where they mean that it has no price of its own."""
    wholes = {"cached": "input", "reasoning": "output"}
    return tuple((name, rate) for name, rate in found.items()
                 if name not in wholes or rate not in ("0", found[wholes[name]]))


def price(entry):
    """A hashable price; None: this is no model with a price for tokens."""
    base = rates(entry)
    if "input" not in base or entry.get("mode") not in MODES:
        return None
    if entry["mode"] == "embedding":
        base.setdefault("output", "0")
    if "output" not in base or all(rate == "0" for rate in base.values()):
        return None
    steps = []
    for key in entry:
        step = re.fullmatch(r"input_cost_per_token(_above_(\d+)k_tokens)", key)
        if step:
            steps.append((int(step[2]), without_defaults({**base, **rates(entry, step[1])})))
    return without_defaults(base), tuple(sorted(steps))


def names_of(name, provider):
    prefix = PROVIDERS[provider]
    name = name.lower()
    if prefix and name.startswith(prefix):
        name = name[len(prefix):]
    if prefix is not None and "/" in name:
        return None  # a variant of the size or the region, or somebody else's
    # What is fine-tuned has the name of its base, an organisation and an id.
    return name + "*" if name.startswith("ft:") else name


def collect(table):
    """provider -> price -> names"""
    found = {provider: collections.defaultdict(list) for provider in PROVIDERS}
    known = {}
    for provider in PROVIDERS:
        for key, entry in sorted(table.items()):
            if entry.get("litellm_provider") != provider:
                continue
            name, cost = names_of(key, provider), price(entry)
            if name is None or cost is None or name in known:
                continue
            if PROVIDERS[provider] is None and known.get(name.rsplit("/", 1)[1]) == cost:
                continue
            known[name] = cost
            found[provider][cost].append(name)
    return found


def word(name):
    return name if re.fullmatch(r"[a-z0-9._/-]+\*?", name) else f'"{name}"'


def members(items):
    return ", ".join(f"{name}: {value}" for name, value in items)


def entry_lines(cost, names):
    base, steps = cost
    lines = ["  - {models: ["]
    for at, name in enumerate(names):
        piece = word(name) + ("," if at + 1 < len(names) else "],")
        if len(lines[-1]) + len(piece) + 1 > WIDTH:
            lines.append("    ")
        lines[-1] += piece if lines[-1].endswith("[") else " " + piece
    lines.append("     " + members(base) + ("," if steps else "}"))
    if steps:
        inner = ", ".join(f"{{above: {above}k, {members(items)}}}" for above, items in steps)
        lines.append(f"     long_context: [{inner}]}}")
    return lines


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    print(HEAD.format(version=sys.argv[2], date=sys.argv[3]), end="")
    for provider, prices in collect(table).items():
        if not prices:
            continue
        print(f"  # {provider}")
        for cost, names in sorted(prices.items(), key=lambda item: item[1]):
            print("\n".join(entry_lines(cost, names)))


if __name__ == "__main__":
    main()
