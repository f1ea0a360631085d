"""Reads names and labels out of PromQL, as far as the queries under docker/ go."""

import pathlib
import re

# What Prometheus itself adds to what the gateway shows.
TARGET_LABELS = {"job", "instance"}


def documented_metrics():
    """What metrics.txt says: the labels of every series by its name, suffixes included."""
    series = {}
    for line in (pathlib.Path(__file__).parent / "metrics.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, labels = (line + " ").split(" ")[:3]
        labels = set(filter(None, labels.split(","))) | TARGET_LABELS
        if kind == "histogram":
            series[name + "_bucket"] = labels | {"le"}
            series[name + "_sum"] = series[name + "_count"] = labels
        else:
            series[name] = labels
    return series


def faults(query, series, recorded=()):
    """What a query asks for that is not in `series`: a list of texts, empty when all is there."""
    found = []
    known_labels = set(TARGET_LABELS)
    for name, selector in re.findall(r"\b(penstock_\w+)(\{[^}]*\})?", query):
        if name not in series:
            found.append(f"no metric {name}")
            continue
        known_labels |= series[name]
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector):
            if label not in series[name]:
                found.append(f"{name} has no label {label}")
    for name in re.findall(r"\bpenstock:[\w:]+", query):
        known_labels |= TARGET_LABELS | {"upstream"}
        if name not in recorded:
            found.append(f"no rule records {name}")
    for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", query):
        for label in re.findall(r"\w+", group):
            if label not in known_labels:
                found.append(f"no metric of the query has a label {label}")
    return found
