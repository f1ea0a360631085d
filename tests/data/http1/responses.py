"""Writes responses.jsonl: answers of an upstream that attack a gateway's reading of HTTP/1.1, JSON
and event streams, and good ones that look odd. README.md beside this folder has the format. The
names begin with the rule that is tried, the mirror of that of requests:

A1 both framings   A2 transfer codings   A3 lengths        A4 huge lengths   A5 line ends
A6 field lines     A7 chunks             A8 extensions     A10 trailers      B1 Connection
B9 sizes           D4 broken heads       D5 interim        D6 no bodies      D7 redirects
D8 broken bodies   D9 broken streams     D13 odd content   D14 encodings     D15 event streams
"""

import gzip
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tables import b64, write

HERE = pathlib.Path(__file__).parent
ANSWER = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1750000000,"model":"m","choices":'
    b'[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}'
)
# What must never be taken for the answer to somebody else's request.
POISON = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n"
    b'{"model":"POISON"}\r\n'
)
OK = b"HTTP/1.1 200 OK"
JSON = b"Content-Type: application/json"
LENGTH = b"Content-Length: %d" % len(ANSWER)
CHUNKED = b"Transfer-Encoding: chunked"
EVENTS = b"Content-Type: text/event-stream"
LAST = b"0\r\n\r\n"

rows = []


def add(name, expect, raw, why, **more):
    row = {"id": name, "raw_b64": b64(raw), "expect": expect, "why": why}
    for key, value in more.items():
        row[key] = b64(value) if isinstance(value, bytes) else value
    rows.append(row)


def bad(name, raw, why, **more):
    add(name, "bad_gateway", raw, why, **more)


def relay(name, raw, why, **more):
    add(name, "relay", raw, why, **more)


def cut(name, raw, why, **more):
    add(name, "cut", raw, why, **more)


def answer(*fields, body=b"", status=OK):
    return b"\r\n".join((status, *fields)) + b"\r\n\r\n" + body


def good(*fields, body=ANSWER, status=OK):
    return answer(JSON, b"Content-Length: %d" % len(body), *fields, body=body, status=status)


def chunk(data, size=None, extension=b""):
    return (size or b"%x" % len(data)) + extension + b"\r\n" + data + b"\r\n"


def chunked(body, *fields):
    return answer(JSON, CHUNKED, *fields, body=body)


GOOD_CHUNKS = chunk(ANSWER) + LAST
SIZE = b"%x" % len(ANSWER)


def name_of(raw):
    text = "".join(chr(c) if 33 <= c < 127 and c not in b'/"\\' else f"x{c:02x}" for c in raw)
    return text[:48] or "empty"


# What is fine.
relay("good/length", good(), "with a length", reuse=True)
relay("good/chunked", chunked(GOOD_CHUNKS), "in one chunk", reuse=True)
relay(
    "good/one-byte-chunks",
    chunked(b"".join(chunk(ANSWER[i : i + 1]) for i in range(len(ANSWER))) + LAST),
    "in chunks of a byte",
    reuse=True,
)
relay("good/until-close", answer(JSON, body=ANSWER), "to the end of the connection", end="close")
relay("good/1.0", answer(JSON, LENGTH, body=ANSWER, status=b"HTTP/1.0 200 OK"), "HTTP/1.0")
relay(
    "good/1.0-keep",
    answer(JSON, LENGTH, b"Connection: keep-alive", body=ANSWER, status=b"HTTP/1.0 200 OK"),
    "HTTP/1.0 that stays",
    reuse=True,
)
relay("good/close", good(b"Connection: close"), "that says it closes")
relay("good/close-among", good(b"Connection: x-a, Close"), "in a list, in any case")
relay(
    "good/close-twice", good(b"Connection: keep-alive", b"Connection: close"), "in the second field"
)
relay("good/no-reason", good(status=b"HTTP/1.1 200"), "without a reason", reuse=True)
relay("good/empty-reason", good(status=b"HTTP/1.1 200 "), "with an empty reason", reuse=True)
relay("good/odd-reason", good(status=b"HTTP/1.1 200 \xc3\xa9 \t!"), "with any reason", reuse=True)
relay(
    "good/status-201",
    good(status=b"HTTP/1.1 201 Created"),
    "another status",
    status=201,
    reuse=True,
)
relay("good/underscore", good(b"X_A: 1"), "a name that a request may not have", reuse=True)
relay(
    "good/leading-zeros",
    answer(JSON, b"Content-Length: 000%d" % len(ANSWER), body=ANSWER),
    "decimal, not octal",
    reuse=True,
)
relay(
    "good/extension",
    chunked(chunk(ANSWER, None, b';a="b;c"') + LAST),
    "extensions are ignored",
    reuse=True,
)
relay(
    "good/trailer",
    chunked(chunk(ANSWER) + b"0\r\nX-T: 1\r\n\r\n"),
    "trailers are dropped",
    reuse=True,
)
relay(
    "good/trailer-framing",
    chunked(chunk(ANSWER) + b"0\r\nContent-Length: 5\r\nX-Request-Id: t\r\n\r\n"),
    "trailers are dropped, whatever they say",
    reuse=True,
)
relay("good/no-type", answer(LENGTH, body=ANSWER), "JSON that is not called so", reuse=True)
relay(
    "good/other-type",
    answer(b"Content-Type: text/plain", LENGTH, body=ANSWER),
    "JSON under another name",
    reuse=True,
)
relay("good/identity", good(b"Content-Encoding: identity"), "no encoding at all", reuse=True)
relay(
    "good/hop-fields",
    good(
        b"Keep-Alive: timeout=5",
        b"Upgrade: h2c",
        b"Connection: upgrade",
        b"Proxy-Authenticate: x",
        b"TE: x",
        b"Trailer: X-T",
    ),
    "they end here",
    reuse=True,
)

# A1: both framings.
for order, fields in (
    ("length-first", lambda n: (b"Content-Length: %d" % n, CHUNKED)),
    ("chunked-first", lambda n: (CHUNKED, b"Content-Length: %d" % n)),
):
    bad(
        f"A1/{order}/zero",
        answer(JSON, *fields(0), body=GOOD_CHUNKS + POISON),
        "ends at once if counted",
    )
    bad(
        f"A1/{order}/agreeing",
        answer(JSON, *fields(len(GOOD_CHUNKS)), body=GOOD_CHUNKS),
        "even if they agree",
    )
    bad(
        f"A1/{order}/covers-poison",
        answer(JSON, *fields(len(LAST + POISON)), body=LAST + POISON),
        "ends early if chunked",
    )

# A2: transfer codings.
for value in (
    b",chunked",
    b"chunked,",
    b"chunked, chunked",
    b"identity",
    b"gzip, chunked",
    b"gzip",
    b"xchunked",
    b'"chunked"',
    b"chunked;q=1",
    b"chun ked",
    b"chunked\x0b",
    b"\x0bchunked",
    b"chunked\x00",
    b"\xa0chunked",
    b"chunked\xff",
    b"",
    b"cow",
    b"identity, chunked",
    b"chunked chunked",
    b"\x0cchunked",
):
    bad(
        f"A2/value/{name_of(value)}",
        answer(JSON, b"Transfer-Encoding: " + value, body=GOOD_CHUNKS + POISON),
        "not exactly `chunked`",
    )
for field in (
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding\t: chunked",
    b"Transfer-Encoding\x00: chunked",
    b" Transfer-Encoding: chunked",
    b"Transfer Encoding: chunked",
    b"Transfer-Encoding chunked",
    b"Transfer-Encoding:\r\n chunked",
    b"X: y\rTransfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"Transfer-Encoding\xa0: chunked",
):
    bad(
        f"A2/field/{name_of(field)}",
        answer(JSON, field, b"Content-Length: 5", body=GOOD_CHUNKS + POISON),
        "a spelling that some reader takes for transfer-encoding",
    )
bad("A2/twice", answer(JSON, CHUNKED, CHUNKED, body=GOOD_CHUNKS), "given twice")
bad(
    "A2/old",
    answer(JSON, CHUNKED, status=b"HTTP/1.0 200 OK", body=GOOD_CHUNKS),
    "HTTP/1.0 knows no codings",
)
relay(
    "A2/good-case",
    answer(JSON, b"tRANSFER-eNCODING:\t CHUNKED ", body=GOOD_CHUNKS),
    "in any case",
    reuse=True,
)

# A3, A4: lengths.
for value in (
    b"+5",
    b"-5",
    b"0x5",
    b"5 5",
    b"5, 5",
    b"5_0",
    b"5.0",
    b"",
    b"5;",
    b'"5"',
    b"5\x0b",
    b"\xa05",
    b"five",
    b"5\x00",
    b"--5",
    b"-0",
    b"1e2",
    b"5,6",
):
    bad(
        f"A3/value/{name_of(value)}",
        answer(JSON, b"Content-Length: " + value, body=ANSWER + POISON),
        "not a plain number",
    )
bad("A3/twice-equal", good(LENGTH), "given twice")
bad(
    "A3/twice-different",
    answer(JSON, LENGTH, b"Content-Length: 0", body=ANSWER + POISON),
    "given twice",
)
bad(
    "A3/twice-different-first-zero",
    answer(JSON, b"Content-Length: 0", LENGTH, body=ANSWER + POISON),
    "given twice",
)
for number in (2**63, 2**64, 2**64 + len(ANSWER), 10**40):
    bad(
        f"A4/{number}",
        answer(JSON, b"Content-Length: %d" % number, body=ANSWER),
        "beyond every limit",
        end="close",
        code="upstream_unreachable" if number < 2**63 + 1 else "upstream_invalid_response",
    )

# A5, A6: lines.
GOOD = good()
for name, to in (("lf", b"\n"), ("cr", b"\r"), ("lf-cr", b"\n\r"), ("cr-cr-lf", b"\r\r\n")):
    end = GOOD.index(b"\r\n\r\n")
    bad(
        f"A5/every-line/{name}",
        GOOD[: end + 4].replace(b"\r\n", to) + ANSWER + POISON,
        "no CRLF",
        end="close",
    )
    first = GOOD.index(b"\r\n")
    bad(f"A5/status-line/{name}", GOOD[:first] + to + GOOD[first + 2 :], "no CRLF", end="close")
    bad(
        f"A5/blank-line/{name}",
        GOOD[: end + 2] + to + ANSWER,
        "no CRLF",
        end="close",
        code="upstream_unreachable" if name == "cr" else "upstream_invalid_response",
    )
for byte in (0x00, 0x01, 0x0A, 0x0B, 0x0D, 0x1B, 0x7F):
    bad(f"A5/value/{byte:02x}", good(b"X-A: b%cc" % byte), "a control byte in a value")
    bad(
        f"A5/reason/{byte:02x}",
        good(status=b"HTTP/1.1 200 O%cK" % byte),
        "a control byte in the reason",
    )
for name, field in (
    ("folded", b"X-A: b\r\n c"),
    ("folded-tab", b"X-A: b\r\n\tc"),
    ("folded-length", b"Content-Length:\r\n 5"),
    ("no-colon", b"X-A"),
    ("no-name", b": b"),
    ("space-before-colon", b"X-A : b"),
    ("space-inside", b"X A: b"),
    ("nul-in-name", b"X\x00A: b"),
    ("high-in-name", b"X\xe9: b"),
    ("only-space", b" "),
):
    bad(f"A6/{name}", good(field), "no field line")
bad("A6/space-first", answer(b" X-A: b", JSON, LENGTH, body=ANSWER), "a fold of nothing")

# A7, A8, A10: chunks.
for size in (
    b"0x41",
    b"+41",
    b"-41",
    b"4_1",
    b"41 ",
    b" 41",
    b"41\t",
    b"",
    b"g",
    b"41h",
    b"0" * 15 + SIZE,
    b"f" * 17,
    b"1" + b"0" * 16,
    SIZE + b".0",
    SIZE + b"\x00",
    b"\xef\xbc\x94",
    b'"41"',
    SIZE + b",",
    b"0x",
):
    bad(
        f"A7/size/{name_of(size)}",
        chunked(size + b"\r\n" + ANSWER + b"\r\n" + LAST + POISON),
        "no chunk size",
    )
for name, body in (
    ("size-lf", SIZE + b"\n" + ANSWER + b"\r\n" + LAST),
    ("size-cr-x", SIZE + b"\rX" + ANSWER + b"\r\n" + LAST),
    ("data-without-end", SIZE + b"\r\n" + ANSWER + LAST),
    ("data-lf", SIZE + b"\r\n" + ANSWER + b"\n" + LAST),
    ("data-any-two", SIZE + b"\r\n" + ANSWER + b"XX" + LAST),
    ("data-cr-x", SIZE + b"\r\n" + ANSWER + b"\rX" + LAST),
    ("data-too-long", b"10\r\n" + ANSWER + b"\r\n" + LAST),
    ("blank-first", b"\r\n" + GOOD_CHUNKS),
    ("last-lf", chunk(ANSWER) + b"0\n\n" + POISON),
    ("last-cr-x", chunk(ANSWER) + b"0\r\n\rX" + POISON),
    ("last-negative", chunk(ANSWER) + b"-0\r\n\r\n" + POISON),
    ("last-17-zeros", chunk(ANSWER) + b"0" * 17 + b"\r\n\r\n"),
    ("not-chunked", ANSWER),
):
    bad(f"A7/{name}", chunked(body), "no chunked body", end="close")
bad(
    "A7/huge-size",
    chunked(b"f" * 16 + b"\r\n" + ANSWER),
    "never whole",
    end="close",
    code="upstream_unreachable",
)
for extension in (
    b";",
    b";=b",
    b";a=",
    b"; a",
    b";a=b c",
    b";a\r",
    b';a="b\rc"',
    b';a="b',
    b";a\nb",
    b";\x00",
    b";a=" + b"x" * 300,
    b";a\x7f",
):
    bad(
        f"A8/{name_of(extension)}",
        chunked(chunk(ANSWER, None, extension) + LAST),
        "beside the grammar or too long",
        end="close",
    )
for fields in (
    b"X-T",
    b": 1",
    b"X-T : 1",
    b" X-T: 1",
    b"X-T: 1\r\n 2",
    b"X-T: a\x00b",
    b"X-T: a\rb",
    b"X-T: 1\n",
):
    bad(
        f"A10/{name_of(fields)}",
        chunked(chunk(ANSWER) + b"0\r\n" + fields + b"\r\n\r\n"),
        "no trailer",
        end="close",
    )
bad("A10/too-many", chunked(chunk(ANSWER) + b"0\r\n" + b"a: b\r\n" * 101 + b"\r\n"), "101 trailers")
bad(
    "A10/an-answer",
    chunked(chunk(ANSWER) + b"0\r\n" + POISON),
    "an answer where trailers are due",
    end="close",
)

# B1: fields that this hop must not lose.
bad("B1/names-length", good(b"Connection: content-length"), "a field that must not be stripped")
bad("B1/no-token", good(b"Connection: a b"), "no token")
relay(
    "B1/empty-elements",
    good(b"Connection: , keep-alive,,"),
    "empty elements are ignored",
    reuse=True,
)

# B9: sizes.
bad(
    "B9/fields",
    answer(*[b"X-%d: b" % i for i in range(10_000)], JSON, LENGTH, body=ANSWER),
    "10,000 fields",
)
bad("B9/line", good(b"X-A: " + b"b" * 17_000), "a line beyond 16 KB")
bad("B9/head", good(*[b"X-%d: " % i + b"b" * 9_000 for i in range(8)]), "a head beyond 64 KB")
bad("B9/reason", good(status=b"HTTP/1.1 200 " + b"a" * 17_000), "a status line beyond 16 KB")
bad("B9/endless-line", OK + b"\r\nX-A: " + b"b" * 70_000, "a line without end")
bad(
    "B9/body",
    good(body=b'{"a":"' + b"x" * 40_000 + b'"}'),
    "a body beyond max_response",
    reuse="either",
)
bad(
    "B9/body-chunked",
    chunked(chunk(b'{"a":"' + b"x" * 40_000 + b'"}') + LAST),
    "a body beyond max_response",
    reuse="either",
)

# D4: heads that are none.
for name, raw in (
    ("empty", b""),
    ("half-version", b"HTT"),
    ("half-line", b"HTTP/1.1 200 O"),
    ("half-head", OK + b"\r\nContent-"),
    ("no-blank-line", OK + b"\r\n" + JSON + b"\r\n" + LENGTH + b"\r\n"),
):
    bad(f"D4/{name}", raw, "cut in the head", end="close", code="upstream_unreachable")
    bad(f"D4/{name}/reset", raw, "reset in the head", end="reset", code="upstream_unreachable")
for line in (
    b"HTTP/0.9 200 OK",
    b"HTTP/1.2 200 OK",
    b"HTTP/2 200 OK",
    b"HTTP/2.0 200 OK",
    b"http/1.1 200 OK",
    b"HTTP/1.1  200 OK",
    b"HTTP/1.1\t200 OK",
    b"HTTP/1.1 20 OK",
    b"HTTP/1.1 2000 OK",
    b"HTTP/1.1 099 OK",
    b"HTTP/1.1 600 OK",
    b"HTTP/1.1 999 OK",
    b"HTTP/1.1 +20 OK",
    b"HTTP/1.1 2x0 OK",
    b"HTTP/1.1 200\tOK",
    b"HTTP/1.1 200OK",
    b"HTTP/1.1",
    b"HTTP/1.1 ",
    b"ICY 200 OK",
    b"RTSP/1.0 200 OK",
    b" HTTP/1.1 200 OK",
    b"\xef\xbb\xbfHTTP/1.1 200 OK",
    b"HTTP/1.1 OK 200",
    b"200 OK",
    b"HTTP 200 OK",
    b"HTTP/11 200 OK",
    b"HTTP/1.10 200 OK",
    b"\x00HTTP/1.1 200 OK",
    b"GET / HTTP/1.1",
    b"HTTP/1.1 000 OK",
):
    bad(f"D4/line/{name_of(line)}", good(status=line), "no status line", end="close")
bad("D4/html", b"<html><body>hello</body></html>\r\n", "HTTP/0.9", end="close")
bad("D4/json", ANSWER + b"\r\n", "HTTP/0.9", end="close")
bad("D4/blank-first", b"\r\n" + GOOD, "an empty line before the answer")
bad("D4/smtp", b"220 mail.test ESMTP\r\n", "another protocol", end="close")
bad(
    "D4/tls",
    b"\x15\x03\x01\x00\x02\x02\x28",
    "a TLS alert",
    end="close",
    code="upstream_unreachable",
)
bad("D4/tls-line", b"\x16\x03\x03\x00\x7a\x02\x00\n", "TLS", end="close")

# D5: interim answers.
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
relay("D5/continue", CONTINUE + GOOD, "skipped", reuse=True)
relay("D5/eight", HINTS * 8 + GOOD, "eight are skipped", reuse=True)
relay("D5/processing", b"HTTP/1.1 102 Processing\r\n\r\n" + GOOD, "skipped", reuse=True)
relay("D5/unknown", b"HTTP/1.1 199 Whatever\r\n\r\n" + GOOD, "skipped", reuse=True)
bad("D5/nine", HINTS * 9 + GOOD, "nine are too many")
bad("D5/storm", HINTS * 1_000 + GOOD, "a thousand")
bad("D5/endless", CONTINUE * 20, "no final answer")
bad("D5/then-close", CONTINUE, "no final answer", end="close", code="upstream_unreachable")
bad(
    "D5/101",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n" + GOOD,
    "not asked for",
)
bad("D5/101-later", CONTINUE + b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "not asked for")
bad(
    "D5/with-body",
    b"HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhello" + GOOD,
    "an interim answer has no body",
)
bad(
    "D5/big",
    (b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 17_000 + b"\r\n\r\n") + GOOD,
    "a line beyond 16 KB",
)

# D6: answers without bodies that have one.
bad("D6/204", answer(status=b"HTTP/1.1 204 No Content"), "no JSON", reuse=True)
bad(
    "D6/204-body",
    answer(LENGTH, status=b"HTTP/1.1 204 No Content", body=ANSWER),
    "a body where none may be",
)
bad(
    "D6/204-chunked",
    answer(CHUNKED, status=b"HTTP/1.1 204 No Content", body=GOOD_CHUNKS),
    "a body where none may be",
)
bad(
    "D6/205",
    answer(b"Content-Length: 0", status=b"HTTP/1.1 205 Reset Content"),
    "no JSON",
    reuse=True,
)
bad("D6/304", answer(status=b"HTTP/1.1 304 Not Modified"), "not asked for")
bad(
    "D6/304-body", answer(LENGTH, status=b"HTTP/1.1 304 Not Modified", body=ANSWER), "not asked for"
)
relay("D6/head", answer(JSON, LENGTH), "the head of JSON", request="head", body=b"", reuse=True)
relay(
    "D6/head-no-length",
    answer(b"Content-Type: text/plain"),
    "nothing follows",
    request="head",
    body=b"",
    reuse=True,
)
relay(
    "D6/head-chunked",
    answer(b"Content-Type: text/plain", CHUNKED),
    "nothing follows",
    request="head",
    body=b"",
    reuse=True,
)
relay(
    "D6/head-body",
    answer(JSON, LENGTH, body=ANSWER),
    "a body where none may be",
    request="head",
    body=b"",
)
relay(
    "D6/head-404",
    answer(JSON, b"Content-Length: 5", status=b"HTTP/1.1 404 Not Found"),
    "its status",
    request="head",
    body=b"",
    status=404,
    reuse=True,
)
relay(
    "D6/head-events",
    answer(EVENTS, CHUNKED),
    "the head of a stream",
    request="head",
    body=b"",
    reuse=True,
)

# D7: redirects.
for status, to in (
    (301, b"/v1/other"),
    (302, b"http://169.254.169.254/"),
    (303, b"file:///etc/passwd"),
    (307, b"http://evil.test/v1"),
    (308, b"/v1/chat/completions"),
    (300, b"gopher://x"),
    (305, b"http://127.0.0.1:1/"),
    (399, b"x"),
):
    bad(
        f"D7/{status}",
        answer(b"Location: " + to, b"Content-Length: 0", status=b"HTTP/1.1 %d Elsewhere" % status),
        "not followed",
    )

# D8: bodies that do not end as they should.
bad(
    "D8/short",
    answer(JSON, b"Content-Length: 1000", body=ANSWER),
    "shorter than its length",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/short-reset",
    answer(JSON, b"Content-Length: 1000", body=ANSWER),
    "reset in the body",
    end="reset",
    code="upstream_unreachable",
)
bad("D8/none", answer(JSON, LENGTH), "no body at all", end="close", code="upstream_unreachable")
bad(
    "D8/no-last-chunk",
    chunked(chunk(ANSWER)),
    "no last chunk",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/half-chunk",
    chunked(SIZE + b"\r\n" + ANSWER[:50]),
    "half a chunk",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/half-size",
    chunked(chunk(ANSWER[:9]) + b"1"),
    "half a size",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/half-last",
    chunked(chunk(ANSWER) + b"0\r\n"),
    "half a last chunk",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/half-trailer",
    chunked(chunk(ANSWER) + b"0\r\nX-T: 1"),
    "half a trailer",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D8/until-close-reset",
    answer(JSON, body=ANSWER),
    "reset where the end was due",
    end="reset",
    code="upstream_unreachable",
)
bad("D8/until-close-short", answer(JSON, body=ANSWER[:-1]), "JSON that is not whole", end="close")
relay("D8/extra-bytes", good() + b"x", "a byte behind the body")
relay("D8/extra-answer", good() + POISON, "an answer that nobody asked for")
relay("D8/extra-crlf", good() + b"\r\n", "an empty line behind the body")
relay("D8/extra-behind-chunks", chunked(GOOD_CHUNKS) + POISON, "an answer that nobody asked for")
relay("D8/extra-last-chunk", chunked(GOOD_CHUNKS) + LAST, "a second last chunk")
relay("D8/too-long", answer(JSON, LENGTH, body=ANSWER + b"}"), "longer than its length")
bad(
    "D8/too-short-length",
    answer(JSON, b"Content-Length: %d" % (len(ANSWER) - 1), body=ANSWER),
    "JSON that is cut by its length",
)
for name, raw in (
    ("bytes-short", answer(b"Content-Type: audio/mpeg", b"Content-Length: 100", body=b"12345")),
    ("bytes-no-last-chunk", answer(b"Content-Type: audio/mpeg", CHUNKED, body=chunk(b"12345"))),
    (
        "bytes-bad-chunk",
        answer(b"Content-Type: audio/mpeg", CHUNKED, body=chunk(b"12345") + b"x\r\n"),
    ),
    ("bytes-data-end", answer(b"Content-Type: audio/mpeg", CHUNKED, body=b"5\r\n12345XX")),
):
    cut(
        f"D8/{name}",
        raw,
        "the client must see that it is not whole",
        request="file",
        body=b"12345",
        end="close",
    )
bad(
    "D8/bytes-none",
    answer(b"Content-Type: audio/mpeg", b"Content-Length: 100"),
    "nothing was sent yet",
    request="file",
    end="close",
    code="upstream_unreachable",
)
relay(
    "D8/bytes",
    answer(b"Content-Type: audio/mpeg", CHUNKED, body=chunk(b"\x00\r\n0\r\n\r\n") + LAST),
    "any bytes",
    request="file",
    body=b"\x00\r\n0\r\n\r\n",
    reuse=True,
)
relay(
    "D8/bytes-until-close",
    answer(b"Content-Type: audio/mpeg", body=b"12345"),
    "to the end of the connection",
    request="file",
    body=b"12345",
    end="close",
)

# D13: content that is not what it should be.
for name, body in (
    ("empty", b""),
    ("html", b"<!doctype html><title>502</title>"),
    ("text", b"upstream error"),
    ("truncated", ANSWER[:-2]),
    ("two-documents", ANSWER + ANSWER),
    ("trailing", ANSWER + b"x"),
    ("trailing-comma", b'{"a":1,}'),
    ("single-quotes", b"{'a':1}"),
    ("nan", b'{"a":NaN}'),
    ("bad-utf8", b'{"a":"\xff"}'),
    ("utf-16", '{"a":1}'.encode("utf-16")),
    ("lone-surrogate", b'{"a":"\\ud800"}'),
    ("control", b'{"a":"\x01"}'),
    ("nul", b'{"a":1}\x00'),
    ("deep", b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    ("open-deep", b"[" * 20_000),
    ("sse", b"data: {}\n\n"),
):
    bad(f"D13/{name}", good(body=body), "no JSON, but whole", reuse=True)
bad(
    "D13/html-type",
    answer(b"Content-Type: text/html", b"Content-Length: 6", body=b"<html>"),
    "HTML",
    reuse=True,
)
bad("D13/two-types", answer(JSON, EVENTS, LENGTH, body=ANSWER), "two types")
bad("D13/two-types-events", answer(EVENTS, JSON, LENGTH, body=ANSWER), "two types")
for status in (400, 403, 404, 409, 422, 429, 500, 503, 529):
    relay(
        f"D13/error-{status}-html",
        answer(
            b"Content-Type: text/html",
            b"Content-Length: 6",
            body=b"<html>",
            status=b"HTTP/1.1 %d No" % status,
        ),
        "the provider's status, its words in our object",
        status=status,
        error=True,
        reuse=True,
    )
relay(
    "D13/error-empty",
    answer(b"Content-Length: 0", status=b"HTTP/1.1 500 No"),
    "our object",
    status=500,
    error=True,
    reuse=True,
)
relay(
    "D13/error-chunked",
    answer(CHUNKED, status=b"HTTP/1.1 500 No", body=chunk(b'{"error":{"message":"no"}}') + LAST),
    "its object",
    status=500,
    error=True,
    reuse=True,
)
bad(
    "D13/error-cut",
    answer(b"Content-Length: 100", status=b"HTTP/1.1 500 No", body=b"{"),
    "cut in an error",
    end="close",
    code="upstream_unreachable",
)

# D14: encodings that nobody asked for.
ZIPPED = gzip.compress(ANSWER, mtime=0)
for value in (
    b"gzip",
    b"br",
    b"zstd",
    b"deflate",
    b"gzip, gzip",
    b"x-gzip",
    b"GZIP",
    b"identity, gzip",
    b"unknown",
    b"",
):
    bad(
        f"D14/{name_of(value)}",
        answer(
            JSON, b"Content-Encoding: " + value, b"Content-Length: %d" % len(ZIPPED), body=ZIPPED
        ),
        "encoded",
    )
bad(
    "D14/second-field",
    answer(
        JSON,
        b"Content-Encoding: identity",
        b"Content-Encoding: gzip",
        b"Content-Length: %d" % len(ZIPPED),
        body=ZIPPED,
    ),
    "encoded",
)
bad(
    "D14/unsaid",
    answer(JSON, b"Content-Length: %d" % len(ZIPPED), body=ZIPPED),
    "encoded without saying so",
    reuse=True,
)
bad(
    "D14/events",
    answer(EVENTS, b"Content-Encoding: gzip", CHUNKED, body=chunk(ZIPPED) + LAST),
    "an encoded stream",
    request="stream",
)
bad(
    "D14/bytes",
    answer(
        b"Content-Type: audio/mpeg",
        b"Content-Encoding: identity",
        b"Content-Encoding: gzip",
        b"Content-Length: %d" % len(ZIPPED),
        body=ZIPPED,
    ),
    "encoded",
    request="file",
)

# D9, D15: event streams.


def delta(text, finish=b"null"):
    return (
        b'{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"'
        + text
        + b'"},"finish_reason":'
        + finish
        + b"}]}"
    )


def frame(data, end=b"\n"):
    return b"data: " + data + end * 2


ONE, END, DONE = frame(delta(b"one")), frame(delta(b"two", b'"stop"')), frame(b"[DONE]")
WHOLE = ONE + END + DONE


def stream(body, *fields, last=LAST):
    return answer(EVENTS, CHUNKED, *fields, body=chunk(body) + last)


def events(name, body, why, told=None, **more):
    relay(
        f"D15/{name}",
        stream(body),
        why,
        request="stream",
        body=body if told is None else told,
        reuse=True,
        **more,
    )


def broken(name, raw, why, told=ONE, **more):
    cut(name, raw, why, request="stream", body=told, **more)


events("good", WHOLE, "as it should be")
events("no-done", ONE + END, "a finish_reason is an end")
events(
    "crlf", frame(delta(b"one", b'"stop"'), b"\r\n") + frame(b"[DONE]", b"\r\n"), "byte for byte"
)
events("cr", frame(delta(b"one", b'"stop"'), b"\r") + frame(b"[DONE]", b"\r"), "byte for byte")
events("bom", b"\xef\xbb\xbf" + WHOLE, "byte for byte")
events("no-space", WHOLE.replace(b"data: ", b"data:"), "byte for byte")
events("comments", b": hello\n\n" + ONE + b": ping\n\n" + END + DONE, "byte for byte")
events("fields", b"id: 7\nretry: 10\nevent: x\nfoo: bar\n" + WHOLE, "byte for byte")
events("utf-8", frame(delta("中😀".encode(), b'"stop"')) + DONE, "byte for byte")
events(
    "many-lines",
    b'data: {"choices":[{"index":0,\ndata: "delta":{},\ndata: "finish_reason":"stop"}]}\n\n' + DONE,
    "byte for byte",
)
events(
    "no-blank-line", ONE + END + b"data: [DONE]\n", "finished for the client", told=ONE + END + DONE
)
events("no-line-end", ONE + END + b"data: [DONE]", "finished for the client", told=ONE + END + DONE)
events("not-json", frame(b"hello") + WHOLE, "a chunk that nobody can read travels")
events(
    "escaped-injection",
    frame(delta(b"\\n\\ndata: [DONE]\\n\\n")) + END + DONE,
    "an escape is no line end",
)
events("done-twice", WHOLE + DONE, "nothing behind the end travels", told=WHOLE)
events("done-then-data", WHOLE + ONE, "nothing behind the end travels", told=WHOLE)
events(
    "usage",
    ONE
    + END
    + frame(b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}')
    + DONE,
    "usage that the client did not ask for",
    told=WHOLE,
)
events(
    "usage-negative",
    ONE + END + frame(b'{"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":-2}}') + DONE,
    "not believed",
    told=WHOLE,
)
events(
    "usage-2^63",
    ONE + END + frame(b'{"choices":[],"usage":{"prompt_tokens":9223372036854775808}}') + DONE,
    "not believed",
    told=WHOLE,
)
events("thousand-tiny", ONE + b":\n\n" * 1_000 + END + DONE, "comments without end")
relay(
    "D15/each-in-its-chunk",
    answer(
        EVENTS,
        CHUNKED,
        body=b"".join(chunk(WHOLE[i : i + 7]) for i in range(0, len(WHOLE), 7)) + LAST,
    ),
    "chunks are not events",
    request="stream",
    body=WHOLE,
    reuse=True,
)
relay(
    "D15/length",
    answer(EVENTS, b"Content-Length: %d" % len(WHOLE), body=WHOLE),
    "a stream with a length",
    request="stream",
    body=WHOLE,
    reuse=True,
)
relay(
    "D15/until-close",
    answer(EVENTS, body=WHOLE),
    "to the end of the connection",
    request="stream",
    body=WHOLE,
    end="close",
)
relay(
    "D15/type-case",
    answer(b"Content-Type: Text/Event-Stream; charset=utf-8", CHUNKED, body=chunk(WHOLE) + LAST),
    "in any case",
    request="stream",
    body=WHOLE,
    reuse=True,
)
relay("D15/json-instead", good(), "JSON where a stream was asked for", request="stream", reuse=True)
relay("D15/unasked", stream(WHOLE), "a stream where JSON was asked for", body=WHOLE, reuse=True)
relay(
    "D15/extra-behind",
    stream(WHOLE) + POISON,
    "an answer that nobody asked for",
    request="stream",
    body=WHOLE,
)
broken("D9/close", answer(EVENTS, CHUNKED, body=chunk(ONE)), "closed", end="close")
broken("D9/clean-end-too-early", stream(ONE), "ended without an end of its own", reuse=True)
broken("D9/until-close", answer(EVENTS, body=ONE), "ended without an end of its own", end="close")
broken(
    "D9/length-short",
    answer(EVENTS, b"Content-Length: 5000", body=ONE),
    "shorter than its length",
    end="close",
)
broken(
    "D9/half-event",
    answer(EVENTS, CHUNKED, body=chunk(ONE + b'data: {"choi')),
    "in an event",
    end="close",
)
broken(
    "D9/half-chunk",
    answer(EVENTS, CHUNKED, body=chunk(ONE) + b"20\r\ndata: "),
    "in a chunk",
    end="close",
)
broken("D9/bad-size", answer(EVENTS, CHUNKED, body=chunk(ONE) + b"what\r\n"), "no chunk size")
broken(
    "D9/bad-size-sign",
    answer(EVENTS, CHUNKED, body=chunk(ONE) + b"+5\r\nhello\r\n"),
    "no chunk size",
)
broken(
    "D9/bad-data-end",
    answer(EVENTS, CHUNKED, body=chunk(ONE)[:-2] + b"XX" + chunk(END + DONE) + LAST),
    "no CRLF behind a chunk",
)
broken(
    "D9/bare-lf",
    answer(EVENTS, CHUNKED, body=chunk(ONE) + b"5\nhello\r\n"),
    "no CRLF behind a size",
)
broken(
    "D9/bad-trailer",
    answer(EVENTS, CHUNKED, body=chunk(ONE) + b"0\r\nX T: 1\r\n\r\n"),
    "no trailer",
)
broken(
    "D9/an-answer",
    answer(EVENTS, CHUNKED, body=chunk(ONE) + POISON),
    "an answer in the middle of a stream",
)
bad(
    "D9/nothing",
    answer(EVENTS, CHUNKED),
    "before the first event",
    request="stream",
    end="close",
    code="upstream_unreachable",
)
bad(
    "D9/empty",
    answer(EVENTS, CHUNKED, body=LAST),
    "no event at all",
    request="stream",
    reuse=True,
    code="upstream_unreachable",
)
bad(
    "D9/half-first",
    answer(EVENTS, CHUNKED, body=b"20\r\ndata: "),
    "in the first event",
    request="stream",
    end="close",
    code="upstream_unreachable",
)
cut(
    "D15/error-event",
    stream(ONE + frame(b'{"error":{"message":"no"}}')),
    "the provider says so",
    request="stream",
    body=ONE + frame(b'{"error":{"message":"no"}}'),
    told=True,
    reuse=True,
)

write(rows, HERE / "responses.jsonl")
