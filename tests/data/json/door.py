"""Writes door.jsonl: bodies of chat requests that try a reader of JSON (RFC 8259). README.md beside
this folder has the format."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tables import b64, write

HERE = pathlib.Path(__file__).parent
CHAT = b'{"model":"test-model","messages":[{"role":"user","content":"x"}],"x":%s}'
rows = []


def add(name, expect, raw, **more):
    raw = raw.encode() if isinstance(raw, str) else raw
    rows.append({"name": name, "expect": expect, "b64": b64(raw), **more})


def value(name, expect, text):
    """A value of a member that the gateway does not know: where it is good it travels as written."""
    text = text.encode() if isinstance(text, str) else text
    more = {"forwarded": True} if expect == "y" else {}
    add(name, expect, CHAT.replace(b"%s", text), **more)


# Numbers.
for text in (
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "-1",
    "0e0",
    "0E+0",
    "0e-0",
    "1e1",
    "1E1",
    "1e+1",
    "1.5e-3",
    "123456789012345678",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e308",
    "1.7976931348623157e308",
    "5e-324",
    "1e-400",
    "0.1e-99999",
    "3.14159265358979323846264338327950288",
    "1.000000000000000000000000000000",
    "1e00001",
):
    value(f"number/{text}", "y", text)
for text in (
    "01",
    "-01",
    "00",
    "+1",
    ".5",
    "1.",
    "-.5",
    "1.e1",
    "1e",
    "1e+",
    "1e-",
    "1E",
    "-",
    "--1",
    "1-",
    "0x1",
    "0b1",
    "1_000",
    "1,000",
    "1 000",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1e1.5",
    "1.2.3",
    "1e1e1",
    "1a",
    "0x",
    "1f",
    "1n",
    "\uff11",
    "\u0661",
    "1e\u0661",
    "- 1",
    "-\n1",
    "1 .5",
    "1.\t5",
    "0.5.",
    "e1",
    ".e1",
    "1..2",
    "0e",
    "-0x1",
):
    value(f"number/bad/{text!a}", "n", text)
for text in (
    "18446744073709551616",
    "-9223372036854775809",
    "1e309",
    "-1e309",
    "1e999999999999",
    "9" * 400,
):
    value(f"number/large/{text[:24]}", "i", text)

# Strings.
for name, text in (
    ("empty", ""),
    ("escapes", '\\"\\\\\\/\\b\\f\\n\\r\\t'),
    ("u", "\\u0041"),
    ("u-case", "\\uABCD\\uabcd"),
    ("nul", "\\u0000"),
    ("pair", "\\ud83d\\ude00"),
    ("pair-case", "\\uD83D\\uDe00"),
    ("del", "\x7f"),
    ("c1", "\u0085"),
    ("ls", "\u2028\u2029"),
    ("noncharacter", "\uffff\ufdd0"),
    ("noncharacter-escape", "\\uFFFF"),
    ("astral", "\U0010ffff"),
    ("bom-inside", "\ufeff"),
    ("looks-like-json", '{\\"a\\":[1]}'),
    ("sse", "\\n\\ndata: [DONE]\\n\\n"),
    ("html", "</script>"),
    ("ansi", "\\u001b[31m"),
    ("bidi", "\u202e"),
    ("combining", "e\u0301"),
    ("printf", "%s%n"),
    ("csv", "=cmd|' /C calc'!A0"),
    ("slash", "\\/"),
):
    value(f"string/{name}", "y", f'"{text}"')
for name, text in (
    ("lone-high", "\\ud800"),
    ("lone-low", "\\udc00"),
    ("high-high", "\\ud800\\ud800"),
    ("low-high", "\\udc00\\ud800"),
    ("high-then-text", "\\ud800a"),
    ("high-then-escape", "\\ud800\\n"),
    ("high-then-u", "\\ud800\\u0041"),
):
    value(f"string/surrogate/{name}", "i", f'"{text}"')
for name, text in (
    ("tab", "\t"),
    ("lf", "\n"),
    ("cr", "\r"),
    ("nul", "\x00"),
    ("unit-separator", "\x1f"),
    ("x", "\\x41"),
    ("a", "\\a"),
    ("v", "\\v"),
    ("zero", "\\0"),
    ("octal", "\\101"),
    ("quote", "\\'"),
    ("u-short", "\\u004"),
    ("u-none", "\\u"),
    ("u-upper", "\\U0041"),
    ("u-brace", "\\u{41}"),
    ("u-not-hex", "\\u00g0"),
    ("u-plus", "\\u+041"),
    ("line-continued", "\\\n"),
    ("escaped-nul", "\\\x00"),
    ("escaped-e9", "\\\u00e9"),
):
    value(f"string/bad/{name}", "n", f'"{text}"')
for name, text in (
    ("ff", b"\xff"),
    ("fe", b"\xfe"),
    ("lone-continuation", b"\x80"),
    ("truncated-2", b"\xc3"),
    ("truncated-3", b"\xe4\xb8"),
    ("truncated-4", b"\xf0\x9f\x98"),
    ("overlong-slash", b"\xc0\xaf"),
    ("overlong-nul", b"\xc0\x80"),
    ("overlong-3", b"\xe0\x80\xaf"),
    ("overlong-4", b"\xf0\x80\x80\xaf"),
    ("surrogate", b"\xed\xa0\x80"),
    ("surrogate-pair", b"\xed\xa0\xbd\xed\xb8\x80"),
    ("too-high", b"\xf4\x90\x80\x80"),
    ("five-bytes", b"\xf8\x88\x80\x80\x80"),
    ("latin-1", b"caf\xe9"),
    ("c1-lead", b"\xc1\xbf"),
):
    value(f"string/utf-8/{name}", "n", b'"' + text + b'"')
for name, text in (
    ("single-quotes", "'a'"),
    ("no-end", '"a'),
    ("no-start", 'a"'),
    ("backtick", "`a`"),
    ("curly", "\u201ca\u201d"),
    ("two", '"a" "b"'),
    ("escaped-end", '"a\\"'),
    ("u-quote", "\\u0022a\\u0022"),
):
    value(f"string/bad/{name}", "n", text)

# Other values.
for text in (
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[[]]",
    "[1,[2,[3]]]",
    '{"a":{"b":{}}}',
    '{"":1}',
    '{"\\u0000":1}',
    "[ ]",
    "{ }",
    " 1 ",
    "\n\r\t [\t1\n,\r2 ]",
):
    value(f"value/{text!a}", "y", text)
for text in (
    "",
    "nul",
    "Null",
    "NULL",
    "True",
    "truee",
    "tru",
    "undefined",
    "None",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1",
    "1]",
    "[",
    "{",
    "}",
    '{"a"}',
    '{"a":}',
    "{:1}",
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    "{a:1}",
    "{1:1}",
    "{null:1}",
    '{"a"::1}',
    '{"a":1;"b":2}',
    "[1}",
    '{"a":1]',
    "/**/1",
    "1//",
    "#1",
    "[1]/*",
    "<a/>",
    "1;",
    "(1)",
    "\x0b1",
    "\x0c1",
    "\u00a01",
    "1\u2028",
    "\ufeff1",
    "[1:2]",
    "*",
    "\\u0031",
):
    value(f"value/bad/{text!a}", "n", text)

# Whole bodies.
GOOD = CHAT.replace(b"%s", b"1")
add("body/white-space", "y", b" \t\r\n" + GOOD + b"\n\n\t ", forwarded=True)
add("body/pretty", "y", json.dumps(json.loads(GOOD), indent=4), forwarded=True)
add("body/escaped-keys", "y", GOOD.replace(b'"model"', b'"mod\\u0065l"'), forwarded=True)
add("body/unknown-case", "y", GOOD.replace(b'"x"', b'"Model"'), forwarded=True)
for text in ("1", "-1.5", '"a"', "null", "true", "[]", "[1]", "{}", '{"a":1}'):
    add(f"body/other/{text}", "y", text)
for name, raw in (
    ("empty", b""),
    ("space", b" "),
    ("nul", b"\x00"),
    ("nul-behind", GOOD + b"\x00"),
    ("nul-before", b"\x00" + GOOD),
    ("twice", GOOD + GOOD),
    ("lines", GOOD + b"\n" + GOOD),
    ("comma", GOOD + b","),
    ("brace", GOOD + b"}"),
    ("cut", GOOD[:-1]),
    ("cut-in-text", GOOD[:20]),
    ("comment", b"/* */" + GOOD),
    ("comment-behind", GOOD + b"// x"),
    ("form", b"model=test-model"),
    ("xml", b"<model/>"),
    ("yaml", b"model: m"),
    ("latin-1-name", GOOD.replace(b'"x"', b'"\xe9"')),
    ("utf-16", GOOD.decode().encode("utf-16")),
    ("utf-16-le", GOOD.decode().encode("utf-16-le")),
    ("utf-16-be", GOOD.decode().encode("utf-16-be")),
    ("utf-32", GOOD.decode().encode("utf-32")),
    ("utf-32-be", GOOD.decode().encode("utf-32-be")),
    ("utf-7", GOOD.replace(b'"', b"+ACI-")),
    ("ebcdic", GOOD.decode().encode("cp037")),
    ("gzip", b"\x1f\x8b\x08\x00" + GOOD),
    ("sse", b"data: " + GOOD + b"\n\n"),
    ("xssi", b")]}',\n" + GOOD),
    ("bom-utf-16", b"\xff\xfe"),
    ("jsonp", b"f(" + GOOD + b")"),
):
    add(f"body/bad/{name}", "n", raw)
for name, raw in (
    ("bom", b"\xef\xbb\xbf" + GOOD),
    ("bom-twice", b"\xef\xbb\xbf" * 2 + GOOD),
    ("bom-alone", b"\xef\xbb\xbf"),
    ("bom-behind", GOOD + b"\xef\xbb\xbf"),
):
    add(f"body/{name}", "i", raw)

# Names given twice: of those that somebody here reads, the two readings would differ.
for member in (
    '"model":"other"',
    '"mod\\u0065l":"other"',
    '"\\u006dodel":"test-model"',
    '"messages":[]',
    '"stream":true',
    '"stre\\u0061m":false',
):
    base = (
        GOOD
        if "stre" not in member
        else GOOD.replace(b'"x"', b'"stream"').replace(b":1}", b":false}")
    )
    add(f"twice/{member}", "n", base[:-1] + b"," + member.encode() + b"}")
for name in ("max_tokens", "max_completion_tokens", "n", "tools", "temperature", "user"):
    two = {"tools": "[]", "user": '"u"'}.get(name, "1")
    add(f"twice/{name}", "n", GOOD[:-1] + f',"{name}":{two},"{name}":{two}}}'.encode())
add("twice/nested", "n", GOOD.replace(b'"role":"user"', b'"role":"user","role":"system"'))
add(
    "twice/nested-escaped",
    "n",
    GOOD.replace(b'"role":"user"', b'"role":"user","r\\u006fle":"system"'),
)
add("twice/content", "n", GOOD.replace(b'"content":"x"', b'"content":"x","content":"y"'))
add(
    "twice/stream-options",
    "n",
    GOOD[:-1] + b',"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}',
)
add("twice/unknown", "i", GOOD[:-1] + b',"x":2}')
add("twice/unknown-nested", "i", CHAT.replace(b"%s", b'{"a":1,"a":2}'))

# Depth: of arrays inside the body's own object.
for depth in (1, 62, 63):
    value(f"depth/{depth}", "y", "[" * depth + "]" * depth)
    value(f"depth/objects/{depth}", "y", '{"a":' * depth + "1" + "}" * depth)
for depth in (64, 65, 100, 1_000, 100_000):
    value(f"depth/{depth}", "n", "[" * depth + "]" * depth)
for depth in (64, 1_000, 20_000):
    value(f"depth/objects/{depth}", "n", '{"a":' * depth + "1" + "}" * depth)
value("depth/mixed", "n", '[{"a":' * 5_000)
value("depth/in-a-text", "y", '"' + "[" * 1_000 + '"')

write(rows, HERE / "door.jsonl")
