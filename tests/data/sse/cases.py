"""Writes cases.jsonl: event streams and the events that a reader must make of them, after the
standard (WHATWG HTML, "server-sent events"). README.md beside this folder has the format."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tables import b64, write

HERE = pathlib.Path(__file__).parent
BOM = b"\xef\xbb\xbf"
rows = []


def case(name, raw, events, why, retry=None, splits=None):
    """An event is its data, or (type, data), or (type, data, id)."""
    told = []
    for event in events:
        kind, data, identity = (
            ("message", event, "")
            if isinstance(event, str)
            else (*event, "") if len(event) == 2 else event
        )
        told.append({"event": kind, "data": data, "id": identity})
    row = {"id": name, "raw_b64": b64(raw), "events": told, "why": why}
    if retry is not None:
        row["retry"] = retry
    if splits is not None:
        row["splits"] = splits
    rows.append(row)


# Line ends, in each mix that one event can have.
for first_name, first in (("lf", b"\n"), ("cr", b"\r"), ("crlf", b"\r\n")):
    for second_name, second in (("lf", b"\n"), ("cr", b"\r"), ("crlf", b"\r\n")):
        both = first + second
        tail = b"data: b" + second * 2 if second != b"\r\n" else b"data: b\r\n\r\n"
        events = ["a\nb"] if both == b"\r\n" else ["a", "b"]
        case(
            f"ends-{first_name}-{second_name}",
            b"data: a" + both + tail,
            events,
            "a line may end with LF, CR or CRLF; CR LF is one end",
        )
for at in range(1, 10):
    case(
        f"crlf-cut-{at}",
        b"data: a\r\n\r\ndata: b\r\n\r\n",
        ["a", "b"],
        "cut near a CRLF",
        splits=[at, at + 1],
    )
case(
    "crlf-cut-inside-each",
    b"data: a\r\n\r\ndata: b\r\n\r\n",
    ["a", "b"],
    "cut inside each CRLF",
    splits=[8, 10, 19, 21],
)
case("cr-then-lf-late", b"data: a\r\r\n\ndata: b\n\n", ["a", "b"], "CR, CRLF, LF", splits=[9])
case("many-blank-lines", b"\n\n\n\ndata: a\n\n\n\n\n", ["a"], "blank lines dispatch nothing")
case("only-cr", b"data: a\rdata: b\r\rdata: c\r\r", ["a\nb", "c"], "CR alone is a line end")
case("vertical-tab", b"data: a\x0bdata: b\n\n", ["a\x0bdata: b"], "no line end")
case("form-feed", b"data: a\x0cb\n\n", ["a\x0cb"], "no line end")
case(
    "unicode-line-ends",
    "data: a\u2028b\u2029c\u0085d\n\n".encode(),
    ["a\u2028b\u2029c\u0085d"],
    "no line ends",
)

# The end of the stream.
case("end-no-blank", b"data: a\n", [], "not finished by a blank line")
case("end-no-line-end", b"data: a\n\ndata: b", ["a"], "not finished by a blank line")
case("end-half-crlf", b"data: a\r\n\r", ["a"], "the blank line is there with its CR")
case("end-comment", b"data: a\n\n: bye", ["a"], "an unfinished comment")
case("empty", b"", [], "nothing")
case("bom-alone", BOM, [], "nothing but a BOM")
case("blank-alone", b"\r\n\r\n\r\n", [], "nothing but blank lines")

# BOM.
case("bom", BOM + b"data: a\n\n", ["a"], "one BOM at the start is dropped")
case("bom-cut", BOM + b"data: a\n\n", ["a"], "also when it comes in pieces", splits=[1, 2, 3, 4])
case("bom-twice", BOM + BOM + b"data: a\n\ndata: b\n\n", ["b"], "the second belongs to a name")
case("bom-later", b"data: a\n\n" + BOM + b"data: b\n\n", ["a"], "it belongs to a name")
case("bom-in-data", b"data: " + BOM + b"a\n\n", ["\ufeffa"], "it belongs to the data")
case("bom-half", b"\xef\xbbdata: a\n\ndata: b\n\n", ["b"], "two bytes of it are a name's")

# The space behind the colon.
for name, raw, data in (
    ("none", b"data:a", "a"),
    ("one", b"data: a", "a"),
    ("two", b"data:  a", " a"),
    ("tab", b"data:\ta", "\ta"),
    ("space-tab", b"data: \ta", "\ta"),
    ("behind", b"data: a ", "a "),
    ("only", b"data: ", ""),
    ("no-value", b"data:", ""),
    ("no-colon", b"data", ""),
    ("colon-value", b"data::", ":"),
    ("nbsp", "data:\u00a0a".encode(), "\u00a0a"),
):
    case(f"space-{name}", raw + b"\n\n", [data], "one space behind the colon is dropped")

# Data lines.
case("data-three", b"data: a\ndata: b\ndata: c\n\n", ["a\nb\nc"], "joined by LF")
case("data-empty-last", b"data: a\ndata\n\n", ["a\n"], "an empty last line counts")
case("data-two-empty", b"data\ndata:\n\n", ["\n"], "two empty lines are one LF")
case(
    "data-with-fields-between",
    b"data: a\nevent: x\ndata: b\nid: 7\ndata: c\n\n",
    [("x", "a\nb\nc", "7")],
    "in the order of the data lines",
)
case(
    "data-looks-like-field",
    b"data: data: a\ndata: event: b\n\n",
    ["data: a\nevent: b"],
    "a value is a value",
)
case(
    "data-json-with-escapes",
    b'data: {"a":"\\n\\ndata: [DONE]\\r"}\n\n',
    ['{"a":"\\n\\ndata: [DONE]\\r"}'],
    "escapes are no line ends",
)
case("data-done-like", b"data: [DONE] \n\ndata:[DONE]\n\n", ["[DONE] ", "[DONE]"], "kept as it is")
case("data-nul", b"data: a\0b\n\n", ["a\0b"], "NUL is data")
case("data-invalid-utf8", b"data: a\xffb\xc3\n\n", ["a\ufffdb\ufffd"], "each wrong byte is U+FFFD")
case(
    "data-utf8-cut",
    "data: \u4e2d\U0001f600\n\n".encode(),
    ["\u4e2d\U0001f600"],
    "cut inside characters",
    splits=[7, 8, 10, 11, 12],
)
case("data-long", b"data: " + b"x" * 20_000 + b"\n\n", ["x" * 20_000], "a long line")
case("data-many-lines", b"data: x\n" * 500 + b"\n", ["\n".join("x" * 500)], "many lines")
case("many-events", b"data: x\n\n" * 500, ["x"] * 500, "many events")

# Names of fields.
for name, line in (
    ("upper", b"DATA: a"),
    ("leading-space", b" data: a"),
    ("trailing-space", b"data : a"),
    ("leading-tab", b"\tdata: a"),
    ("longer", b"dataa: a"),
    ("shorter", b"dat: a"),
    ("nul", b"data\0: a"),
    ("quoted", b'"data": a'),
    ("equals", b"data=a"),
    ("high", b"d\xc3\xa1ta: a"),
    ("unknown", b"foo: a"),
    ("no-name", b":data: a"),
):
    case(f"name-{name}", line + b"\ndata: b\n\n", ["b"], "another field, or a comment: ignored")

# Comments.
case(
    "comments-between",
    b":a\ndata: b\n:c\ndata: d\n: e\n\n",
    ["b\nd"],
    "comments are no part of data",
)
case("comments-only", b": ping\n\n: ping\n\n:\n\n", [], "heartbeats dispatch nothing")
case("comment-with-colon", b"::data: a\ndata: b\n\n", ["b"], "everything behind the first colon")
case("comment-cr", b": ping\rdata: b\n\n", ["b"], "a comment ends with its line")

# Types.
case("type", b"event: x\ndata: a\n\ndata: b\n\n", [("x", "a"), "b"], "a type is for one event")
case("type-last-wins", b"event: x\nevent: y\ndata: a\n\n", [("y", "a")], "the last one")
case("type-emptied", b"event: x\nevent\ndata: a\n\n", ["a"], "an empty type is `message`")
case(
    "type-without-data",
    b"event: x\n\ndata: a\n\n",
    ["a"],
    "no data, no event; the type is forgotten",
)
case("type-spaces", b"event:  x y \ndata: a\n\n", [(" x y ", "a")], "kept as it is")
case("type-behind-data", b"data: a\nevent: x\n\n", [("x", "a")], "the order does not count")

# Ids.
case(
    "id-stays",
    b"id: 1\ndata: a\n\ndata: b\n\n",
    [("message", "a", "1"), ("message", "b", "1")],
    "the last event id is kept",
)
case(
    "id-emptied",
    b"id: 1\ndata: a\n\nid\ndata: b\n\n",
    [("message", "a", "1"), "b"],
    "an empty one resets it",
)
case(
    "id-without-data",
    b"id: 1\n\ndata: b\n\n",
    [("message", "b", "1")],
    "without data it counts too",
)
case("id-nul", b"id: 1\nid: 2\0\ndata: a\n\n", [("message", "a", "1")], "one with NUL is ignored")
case("id-spaces", b"id:  1 \ndata: a\n\n", [("message", "a", " 1 ")], "kept as it is")

# Retry.
case("retry", b"retry: 1500\n\n", [], "digits", retry=1500)
case(
    "retry-last-good",
    b"retry: 10\nretry: 20\nretry: x\n\n",
    [],
    "what is no number is ignored",
    retry=20,
)
case("retry-zero", b"retry:0\ndata: a\n\n", ["a"], "zero is a number", retry=0)
case("retry-leading-zeros", b"retry: 007\n\n", [], "decimal", retry=7)
for name, value in (
    ("negative", b"-1"),
    ("plus", b"+1"),
    ("fraction", b"1.5"),
    ("spaces", b" 5"),
    ("empty", b""),
    ("hexadecimal", b"0x5"),
    ("unit", b"5s"),
    ("space-behind", b"5 "),
    ("arabic", "\u0665".encode()),
):
    case(f"retry-{name}", b"retry: " + value + b"\ndata: a\n\n", ["a"], "no digits: ignored")

# As providers write.
CHUNK = (
    '{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}'
)
case(
    "oai-crlf",
    "".join(f"data: {CHUNK % c}\r\n\r\n" for c in "hé世").encode() + b"data: [DONE]\r\n\r\n",
    [CHUNK % c for c in "hé世"] + ["[DONE]"],
    "a chat stream with CRLF",
)
case(
    "oai-heartbeats",
    f": OPENROUTER PROCESSING\n\ndata: {CHUNK % 'a'}\n\n: x\n\ndata: [DONE]\n\n".encode(),
    [CHUNK % "a", "[DONE]"],
    "comments between the chunks",
)
case(
    "oai-typed",
    b'event: response.created\ndata: {"type":"response.created"}\n\n'
    b'event: response.completed\ndata: {"type":"response.completed"}\n\n',
    [
        ("response.created", '{"type":"response.created"}'),
        ("response.completed", '{"type":"response.completed"}'),
    ],
    "the responses API names its events",
)
case(
    "oai-two-done",
    b"data: [DONE]\n\ndata: [DONE]\n\n",
    ["[DONE]", "[DONE]"],
    "the reader does not judge",
)
case(
    "oai-pretty",
    b'data: {\ndata:   "a": 1\ndata: }\n\n',
    ['{\n  "a": 1\n}'],
    "JSON over many lines",
)
case(
    "oai-error",
    b'event: error\ndata: {"error":{"message":"no"}}\n\n',
    [("error", '{"error":{"message":"no"}}')],
    "an error as an event",
)

write(rows, HERE / "cases.jsonl")
