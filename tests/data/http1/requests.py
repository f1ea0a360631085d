"""Writes requests.jsonl: requests that attack a gateway's reading of HTTP/1.1, and good ones that
look odd. README.md beside this folder has the format. The names begin with the rule that is tried:

A1 both framings      A2 transfer codings   A3 lengths       A4 huge lengths   A5 line ends
A6 field lines        A7 chunks             A8 extensions    A10 trailers      A11 useless bodies
A12 early refusals    A13 Expect            A14 Upgrade      A15 versions      A16 methods
A17 pipelining        A18 good ones         A19 Host         B1 Connection     B2 hop-by-hop
B3 CR and LF          B6 target forms       B7 paths         B8 queries        B9 sizes
B12 content           B13 broken off        B18 HEAD, OPTIONS                  B20 ignored fields
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tables import b64, write

HERE = pathlib.Path(__file__).parent
CHAT = b"/v1/chat/completions"
BODY = b'{"model":"test-model","messages":[{"role":"user","content":"x"}]}'
KEY = b"Authorization: Bearer corpus-test-key"
HOST = b"Host: gateway.test"
JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"
LENGTH = b"Content-Length: %d" % len(BODY)
HIDDEN_BODY = BODY.replace(b"test-model", b"SMUGGLED")
HIDDEN = (
    b"POST "
    + CHAT
    + b" HTTP/1.1\r\n"
    + HOST
    + b"\r\n"
    + KEY
    + b"\r\n"
    + JSON
    + b"\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN_BODY)
    + HIDDEN_BODY
)

rows = []


def add(name, expect, raw, why, most=None, answers=1):
    row = {"id": name, "raw_b64": b64(raw), "expect": expect, "why": why}
    row["max_upstream"] = most if most is not None else 0 if expect == "reject" else 1
    if answers != 1:
        row["responses"] = answers
    rows.append(row)


def reject(name, raw, why):
    add(name, "reject", raw, why)


def either(name, raw, why, most=1):
    add(name, "one-request", raw, why, most)


def accept(name, raw, why, answers=1, most=None):
    add(name, "accept", raw, why, most, answers)


def head(line, *fields):
    return b"\r\n".join((line, *fields)) + b"\r\n\r\n"


def post(*fields, body=BODY, target=CHAT, host=HOST):
    return head(b"POST " + target + b" HTTP/1.1", host, KEY, JSON, *fields) + body


def get(*fields, target=b"/v1/models", method=b"GET", host=HOST):
    return head(method + b" " + target + b" HTTP/1.1", host, KEY, *fields)


def chunk(data, size=None, extension=b""):
    return (size or b"%x" % len(data)) + extension + b"\r\n" + data + b"\r\n"


def chunked(body, *fields):
    return post(CHUNKED, *fields, body=body)


LAST = b"0\r\n\r\n"
GOOD_CHUNKS = chunk(BODY) + LAST


def name_of(raw):
    text = "".join(chr(c) if 33 <= c < 127 and c not in b'/"\\' else f"x{c:02x}" for c in raw)
    return text[:48] or "empty"


# A1: both framings, in any order, each with the hidden request where one reading ends early.
for order, fields in (
    ("length-first", lambda n: (b"Content-Length: %d" % n, CHUNKED)),
    ("chunked-first", lambda n: (CHUNKED, b"Content-Length: %d" % n)),
):
    short, long = LAST + HIDDEN, GOOD_CHUNKS
    reject(f"A1/{order}/covers-all", post(*fields(len(short)), body=short), "ends early if chunked")
    reject(f"A1/{order}/zero", post(*fields(0), body=long + HIDDEN), "ends at once if counted")
    reject(f"A1/{order}/size-line", post(*fields(4), body=long + HIDDEN), "counted: the size line")
    reject(f"A1/{order}/agreeing", post(*fields(len(long)), body=long), "even where both agree")
reject(
    "A1/apart",
    post(b"Content-Length: 5", b"X-A: 1", b"X-B: 2", CHUNKED, body=LAST + HIDDEN),
    "fields between the two",
)
reject("A1/get", get(b"Content-Length: 5", CHUNKED) + LAST + HIDDEN, "without a body's method too")
reject(
    "A1/old",
    head(b"POST " + CHAT + b" HTTP/1.0", HOST, KEY, JSON, LENGTH, CHUNKED) + BODY,
    "HTTP/1.0",
)

# A2: everything that is not exactly `chunked`.
for value in (
    b",chunked",
    b"chunked,",
    b"chunked, chunked",
    b"chunked,identity",
    b"identity",
    b"identity, chunked",
    b"gzip, chunked",
    b"gzip",
    b"xchunked",
    b"chunkedx",
    b'"chunked"',
    b"'chunked'",
    b"chunked;q=1",
    b"chunked;a",
    b";chunked",
    b"chun ked",
    b"chunked\x0b",
    b"\x0bchunked",
    b"chunked\x00",
    b"\x00chunked",
    b"\xa0chunked",
    b"chunked\xff",
    b"\x0cchunked",
    b"chunked\x7f",
    b"\xe2\x80\x8bchunked",
    b"chunke",
    b"hunked",
    b"",
    b"chunked chunked",
    b"chu%6eked",
    b"=?utf-8?q?chunked?=",
    b"chunked\x85",
    b"*",
    b"trailers, chunked",
    b"x-chunked",
    b"CHUNKED, identity",
    b"cow",
):
    kind = either if value in (b",chunked", b"chunked,") else reject
    kind(
        f"A2/value/{name_of(value)}",
        post(b"Transfer-Encoding: " + value, body=GOOD_CHUNKS),
        "not exactly `chunked`",
    )
for field in (
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding\t: chunked",
    b"Transfer-Encoding\x00: chunked",
    b"Transfer-Encoding\x0b: chunked",
    b"Transfer-Encoding\xa0: chunked",
    b" Transfer-Encoding: chunked",
    b"\tTransfer-Encoding: chunked",
    b"Transfer_Encoding: chunked",
    b"Transfer\xe2\x80\x90Encoding: chunked",
    b"Transfer Encoding: chunked",
    b"Transfer-Encoding= chunked",
    b"Transfer-Encoding chunked",
    b":Transfer-Encoding: chunked",
    b'"Transfer-Encoding": chunked',
    b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding\r\n: chunked",
    b"X: y\rTransfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"X: y\x00\r\nTransfer-Encoding: chunked",
):
    reject(
        f"A2/field/{name_of(field)}",
        post(field, b"Content-Length: 5", body=LAST + HIDDEN),
        "a spelling that some reader takes for transfer-encoding",
    )
reject("A2/twice", post(CHUNKED, CHUNKED, body=GOOD_CHUNKS), "given twice")
reject(
    "A2/twice-differing",
    post(CHUNKED, b"Transfer-Encoding: identity", body=GOOD_CHUNKS),
    "given twice",
)
reject("A2/twice-hidden", post(b"Transfer-Encoding: cow", CHUNKED, body=GOOD_CHUNKS), "given twice")
reject(
    "A2/old",
    head(b"POST " + CHAT + b" HTTP/1.0", HOST, KEY, JSON, CHUNKED) + GOOD_CHUNKS,
    "HTTP/1.0 knows no codings",
)
reject(
    "A2/old-keep-alive",
    head(b"POST " + CHAT + b" HTTP/1.0", HOST, KEY, JSON, b"Connection: keep-alive", CHUNKED)
    + GOOD_CHUNKS
    + HIDDEN,
    "HTTP/1.0 knows no codings",
)
for spelling in (b"chunked", b"CHUNKED", b"Chunked", b"\tchunked\t", b"  chunked"):
    accept(
        f"A2/good/{name_of(spelling)}",
        post(b"tRANSFER-eNCODING:" + spelling, body=GOOD_CHUNKS),
        "the one good value",
    )

# A3: lengths.
for value in (
    b"+65",
    b"-65",
    b"0x41",
    b"65 65",
    b"65, 65",
    b"65,65",
    b"6_5",
    b"65.0",
    b"65e0",
    b"",
    b"65;",
    b'"65"',
    b"65\x0b",
    b"\x0c65",
    b"65\x00",
    b"\xa065",
    b"65\xff",
    b"6 5",
    b"O",
    b"sixtyfive",
    b"65\r",
    b"\xef\xbc\x96\xef\xbc\x95",
    b"--65",
    b"65-",
    b"1e2",
    b"65,",
    b",65",
    b"0b1",
    b"065h",
    b"65/65",
    b"%36%35",
    b"'65'",
    b"-0",
    b"+0",
    b"0x0",
):
    body = b"" if value in (b"-0", b"+0", b"0x0", b"") else BODY
    reject(
        f"A3/value/{name_of(value)}",
        post(b"Content-Length: " + value, body=body + HIDDEN),
        "not a plain number",
    )
reject("A3/twice-different", post(LENGTH, b"Content-Length: 0", body=BODY + HIDDEN), "given twice")
reject(
    "A3/twice-different-first-zero",
    post(b"Content-Length: 0", LENGTH, body=BODY + HIDDEN),
    "given twice",
)
either("A3/twice-equal", post(LENGTH, LENGTH), "given twice")
either("A3/twice-equal-apart", post(LENGTH, b"X-A: b", LENGTH), "given twice")
either("A3/leading-zeros", post(b"Content-Length: 00065"), "decimal, not octal")
either("A3/many-zeros", post(b"Content-Length: " + b"0" * 40 + b"65"), "decimal, however long")
for field in (
    b"Content-Length : 65",
    b"Content_Length: 65",
    b"Content-Length\x00: 65",
    b" Content-Length: 65",
    b"Content Length: 65",
    b"Content-Length\x0b: 65",
    b"Content-Length 65",
    b"X: y\nContent-Length: 65",
    b"X: y\rContent-Length: 65",
):
    reject(
        f"A3/field/{name_of(field)}",
        post(field, body=HIDDEN),
        "a spelling that some reader takes for content-length",
    )
for spelling in (b"content-length:65", b"CONTENT-LENGTH: \t65 \t"):
    accept(f"A3/good/{name_of(spelling)}", post(spelling), "white space around the value")

# A4: lengths that overflow or that nobody can read.
for exponent in (31, 32, 53, 63, 64, 65, 128):
    for less in (0, 1):
        reject(
            f"A4/2^{exponent}-{less}",
            post(b"Content-Length: %d" % (2**exponent - less), body=HIDDEN),
            "beyond every limit",
        )
reject("A4/wraps-to-65", post(b"Content-Length: %d" % (2**64 + 65)), "65 for one that wraps")
reject(
    "A4/over-the-limit",
    post(b"Content-Length: %d" % (32 * 2**20 + 1), body=HIDDEN),
    "one byte beyond max_body",
)
reject("A4/99-digits", post(b"Content-Length: " + b"9" * 99, body=HIDDEN), "99 digits")

# A5: line ends.
GOOD = post(LENGTH)
HEAD_END = GOOD.index(b"\r\n\r\n")
for name, to in (
    ("lf", b"\n"),
    ("cr", b"\r"),
    ("lf-cr", b"\n\r"),
    ("cr-cr-lf", b"\r\r\n"),
    ("cr-sp-lf", b"\r \n"),
    ("crlf-after-nul", b"\x00\r\n"),
    ("vt", b"\x0b\r\n"),
    ("nel", b"\xc2\x85"),
    ("ls", b"\xe2\x80\xa8"),
):
    first = GOOD.index(b"\r\n")
    host_end = GOOD.index(b"\r\n", first + 2)
    if name not in ("vt", "crlf-after-nul"):
        reject(
            f"A5/every-line/{name}",
            GOOD[: HEAD_END + 4].replace(b"\r\n", to) + BODY + HIDDEN,
            "no CRLF",
        )
    reject(f"A5/request-line/{name}", GOOD[:first] + to + GOOD[first + 2 :], "no CRLF")
    reject(f"A5/host/{name}", GOOD[:host_end] + to + GOOD[host_end + 2 :], "no CRLF")
    if name == "vt":
        either(f"A5/last-line/{name}", GOOD[:HEAD_END] + to + GOOD[HEAD_END + 2 :], "no CRLF", 0)
    else:
        reject(f"A5/last-line/{name}", GOOD[:HEAD_END] + to + GOOD[HEAD_END + 2 :], "no CRLF")
    if name not in ("vt", "crlf-after-nul"):
        reject(f"A5/blank-line/{name}", GOOD[: HEAD_END + 2] + to + BODY, "no CRLF")
for byte in (0x00, 0x0A, 0x0D):
    reject(f"A5/value/{byte:02x}", post(LENGTH, b"X-A: b%cc" % byte), "a byte that ends a text")
for byte in (0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x7F):
    either(f"A5/value/{byte:02x}", post(LENGTH, b"X-A: b%cc" % byte), "a control byte")
reject("A5/cr-lf-cr-x", GOOD[:HEAD_END] + b"\r\n\rX" + BODY, "CR, then no LF")

# A6: field lines.
for name, field in (
    ("folded-sp", b"X-A: b\r\n c"),
    ("folded-tab", b"X-A: b\r\n\tc"),
    ("folded-empty", b"X-A: b\r\n "),
    ("folded-te", b"X-A: b\r\n " + CHUNKED),
):
    either(f"A6/{name}", post(LENGTH, field), "obsolete folding")
reject("A6/folded-host", get(host=b"Host:\r\n gateway.test"), "obsolete folding around Host")
reject("A6/folded-length", post(b"Content-Length:\r\n 65"), "obsolete folding around a length")
reject(
    "A6/folded-first", head(b"GET /v1/models HTTP/1.1", b" X-A: b", HOST, KEY), "a fold of nothing"
)
for name, field in (
    ("no-colon", b"X-A"),
    ("no-name", b": b"),
    ("space-before-colon", b"X-A : b"),
    ("tab-before-colon", b"X-A\t: b"),
    ("space-inside", b"X A: b"),
    ("only-sp", b" "),
    ("underscore", b"X_A: b"),
    ("only-colon", b":"),
):
    kind = either if name == "underscore" else reject
    kind(f"A6/{name}", post(LENGTH, field), "no field line")
for byte in b'"(),/;<=>?@[\\]{}\x00\x01\x0b\x1f\x7f\x80\xa0\xad\xff':
    reject(f"A6/name-byte/{byte:02x}", post(LENGTH, b"X%cA: b" % byte), "not a byte of a name")
accept("A6/good/marks", post(LENGTH, b"!#$%&'*+-.^`|~0Aa: b"), "every mark that a name may hold")
accept("A6/good/empty-value", post(LENGTH, b"X-A:", b"X-B: \t "), "a value may be empty")
accept("A6/good/high-bytes", post(LENGTH, b"X-A: \x80\xff\xc3\xa9"), "a value may hold high bytes")
accept("A6/good/colons", post(LENGTH, b"X-A: a:b: c"), "a value may hold colons")

# A7: chunks.
for size in (
    b"",
    b"0x41",
    b"+41",
    b"-41",
    b"4_1",
    b"41 ",
    b" 41",
    b"4 1",
    b"41\t",
    b"\t41",
    b"41\x00",
    b"g",
    b"41h",
    b"0" * 15 + b"41",
    b"f" * 16,
    b"f" * 17,
    b"1" + b"0" * 16,
    b"41.0",
    b"41,",
    b"\xef\xbc\x94\xef\xbc\x91",
    b"41\r",
    b"41\x0b",
    b"0x",
    b"-0",
    b"65;",
    b"41e0",
    b'"41"',
    b"41\xa0",
    b"8000000000000041",
    b"10000000000000041",
    b"ffffffff00000041",
):
    kind = either if size in (b"41 ", b"41\t") else reject
    kind(
        f"A7/size/{name_of(size)}",
        chunked(size + b"\r\n" + BODY + b"\r\n" + LAST + HIDDEN),
        "no chunk size",
    )
SIZE = b"%x" % len(BODY)
for name, body in (
    ("size-lf", SIZE + b"\n" + BODY + b"\r\n" + LAST),
    ("size-cr", SIZE + b"\r" + BODY + b"\r\n" + LAST),
    ("size-cr-x", SIZE + b"\rX" + BODY + b"\r\n" + LAST),
    ("size-lf-cr", SIZE + b"\n\r" + BODY + b"\r\n" + LAST),
    ("size-cr-cr-lf", SIZE + b"\r\r\n" + BODY + b"\r\n" + LAST),
    ("data-without-end", SIZE + b"\r\n" + BODY + LAST),
    ("data-lf", SIZE + b"\r\n" + BODY + b"\n" + LAST),
    ("data-cr", SIZE + b"\r\n" + BODY + b"\r" + LAST),
    ("data-any-two", SIZE + b"\r\n" + BODY + b"XX" + LAST),
    ("data-too-long", b"40\r\n" + BODY + b"\r\n" + LAST),
    ("data-too-short", b"42\r\n" + BODY + b"\r\n" + LAST + HIDDEN),
    ("data-two-line-ends", SIZE + b"\r\n" + BODY + b"\r\n\r\n" + LAST),
    ("blank-first", b"\r\n" + GOOD_CHUNKS),
    ("last-lf", chunk(BODY) + b"0\n\n" + HIDDEN),
    ("last-blank-lf", chunk(BODY) + b"0\r\n\n" + HIDDEN),
    ("last-cr", chunk(BODY) + b"0\r\r" + HIDDEN),
    ("last-cr-x", chunk(BODY) + b"0\r\n\rX" + HIDDEN),
    ("last-negative", chunk(BODY) + b"-0\r\n\r\n" + HIDDEN),
    ("last-hexadecimal", chunk(BODY) + b"0x0\r\n\r\n" + HIDDEN),
    ("last-without-blank", chunk(BODY) + b"0\r\n" + HIDDEN),
    ("last-17-zeros", chunk(BODY) + b"0" * 17 + b"\r\n\r\n"),
    ("none", b""),
    ("not-chunked", BODY),
):
    reject(f"A7/{name}", chunked(body), "no chunked body")
accept(
    "A7/good/upper-case", chunked(chunk(BODY[:15], b"F") + chunk(BODY[15:]) + LAST), "hexadecimal"
)
accept("A7/good/leading-zeros", chunked(chunk(BODY, b"00041") + b"000" + LAST), "leading zeros")
accept(
    "A7/good/one-byte-chunks",
    chunked(b"".join(chunk(bytes([c])) for c in BODY) + LAST),
    "65 chunks",
)
accept("A7/good/then-another", chunked(GOOD_CHUNKS) + get(), "nothing is left over", 2)

# A8: extensions.
for extension in (
    b";a",
    b";a=b",
    b';a="b"',
    b";a=b;c=d;e",
    b';a="x;y=z"',
    b';a="q\\"\\\\"',
    b";!#$%&'*+-.^_`|~=1",
    b';a="\xff"',
    b';a="\t "',
    b';a=""',
):
    accept(f"A8/good/{name_of(extension)}", chunked(chunk(BODY, None, extension) + LAST), "ignored")
accept("A8/good/on-the-last", chunked(chunk(BODY) + b"0;a=b\r\n\r\n"), "ignored")
for extension in (
    b";",
    b";;",
    b";=",
    b";=b",
    b";a=",
    b";a==b",
    b"; a",
    b";a =b",
    b";a= b",
    b" ;a",
    b";a=b c",
    b';a="b"c',
    b';a=b"c"',
    b";(a)",
    b";a,b",
    b";a=@",
    b"a=b",
    b",a",
    b";\xff",
    b";a=" + b"x" * 300,
):
    reject(
        f"A8/bad/{name_of(extension)}",
        chunked(chunk(BODY, None, extension) + LAST),
        "beside the grammar or too long",
    )
for extension in (
    b";a\r",
    b';a="b\rc"',
    b';a="b\nc"',
    b";a\nb",
    b';a="\x00"',
    b';a="b',
    b";\x00",
    b';a="\\\r\n"',
    b";a\x7f",
    b";a\r;b",
    b';a="\r\n"',
    b";\x0ba",
):
    reject(
        f"A8/control/{name_of(extension)}",
        chunked(chunk(BODY, None, extension) + LAST + HIDDEN),
        "a control byte or an open quote",
    )
reject(
    "A8/all-too-long",
    chunked(b"".join(chunk(b" ", None, b";" + b"a" * 250) for _ in range(80)) + GOOD_CHUNKS),
    "20 KB of extensions",
)

# A10: trailers.
for fields in (b"", b"X-T: 1\r\n", b"X-T: 1\r\nX-U:\r\n", b"x: \xff\r\n"):
    accept(
        f"A10/good/{name_of(fields)}", chunked(chunk(BODY) + b"0\r\n" + fields + b"\r\n"), "dropped"
    )
for fields in (
    b"Content-Length: 5",
    CHUNKED,
    b"Host: evil.test",
    b"Authorization: Bearer other",
    b"Content-Type: text/plain",
    b"Connection: close",
    b"X_T: 1",
):
    either(
        f"A10/forbidden/{name_of(fields)}",
        chunked(chunk(BODY) + b"0\r\n" + fields + b"\r\n\r\n"),
        "never merged into the head",
    )
for fields in (
    b"X-T",
    b": 1",
    b"X-T : 1",
    b" X-T: 1",
    b"X-T: 1\r\n 2",
    b"X-T: 1\n",
    b"X-T: a\rb",
    b"X-T: a\x00b",
    b"X T: 1",
    b"X-T: 1\r",
    b"\x00: 1",
    b"X\xa0: 1",
):
    reject(
        f"A10/bad/{name_of(fields)}",
        chunked(chunk(BODY) + b"0\r\n" + fields + b"\r\n\r\n" + HIDDEN),
        "no field line",
    )
reject("A10/smuggled", chunked(chunk(BODY) + b"0\r\n" + HIDDEN), "a request where trailers are due")
reject("A10/101-fields", chunked(chunk(BODY) + b"0\r\n" + b"a: b\r\n" * 101 + b"\r\n"), "too many")
reject(
    "A10/too-large",
    chunked(chunk(BODY) + b"0\r\n" + (b"a: " + b"b" * 15000 + b"\r\n") * 5 + b"\r\n"),
    "75 KB",
)

# A11, A12: bodies that nobody reads.
for method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"PUT", b"PATCH", b"TRACE", b"FOO"):
    for target in (b"/v1/models", CHAT, b"/livez", b"/nowhere"):
        raw = get(b"Content-Length: %d" % len(HIDDEN), method=method, target=target) + HIDDEN
        either(f"A11/{method.decode()}{target.decode()}", raw, "the body must not become a request")
either("A11/chunked", get(CHUNKED) + chunk(HIDDEN) + LAST, "the body must not become a request")
either(
    "A11/options-star",
    get(b"Content-Length: %d" % len(HIDDEN), method=b"OPTIONS", target=b"*") + HIDDEN,
    "the body must not become a request",
)
for name, raw in (
    (
        "401",
        post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN).replace(
            b"corpus-test-key", b"other-key-here!"
        ),
    ),
    ("404", post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN, target=b"/v1/none")),
    ("400", post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN)),
    (
        "415",
        post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN).replace(
            b"application/json", b"text/plain"
        ),
    ),
    ("403", post(b"Content-Length: %d" % len(HIDDEN), b"Origin: null", body=HIDDEN)),
):
    either(f"A12/{name}", raw, "refused early, with a body that must not become a request")

# A13: Expect.
accept("A13/continue", post(LENGTH, b"Expect: 100-continue"), "the body came along")
accept("A13/continue-case", post(LENGTH, b"expect: 100-CONTINUE"), "in any case")
accept("A13/continue-no-body", get(b"Expect: 100-continue"), "no body is to follow")
accept("A13/continue-chunked", chunked(GOOD_CHUNKS, b"Expect: 100-continue"), "the body came along")
for value in (
    b"",
    b"100-continue, x",
    b"200-ok",
    b"100-continue;q=1",
    b"100",
    b'"100-continue"',
    b"100-continue 100-continue",
    b"x=y",
):
    reject(
        f"A13/{name_of(value)}", post(LENGTH, b"Expect: " + value), "an expectation not met here"
    )
reject(
    "A13/too-large",
    post(b"Content-Length: 99999999999", b"Expect: 100-continue", body=HIDDEN),
    "never asked for",
)

# A14: other protocols asked for.
for name, fields in (
    ("websocket", (b"Upgrade: websocket", b"Connection: Upgrade")),
    (
        "h2c",
        (
            b"Upgrade: h2c",
            b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
            b"Connection: Upgrade, HTTP2-Settings",
        ),
    ),
    ("tls", (b"Upgrade: TLS/1.2", b"Connection: upgrade")),
):
    accept(f"A14/{name}", get(*fields), "ignored")
    accept(f"A14/{name}/post", post(LENGTH, *fields), "ignored")
    either(
        f"A14/{name}/behind",
        get(*fields) + HIDDEN.replace(b"SMUGGLED", b"test-model"),
        "what follows is another request, no tunnel",
    )
for target in (b"evil.test:443", b"gateway.test", b"/v1/models", b"*"):
    either(
        f"A14/connect/{name_of(target)}",
        get(target=target, method=b"CONNECT") + HIDDEN.replace(b"SMUGGLED", b"test-model"),
        "never a tunnel",
    )
either("A14/trace", get(method=b"TRACE"), "never echoed", 0)

# A15: versions and what comes before the request.
for version in (
    b"HTTP/0.9",
    b"HTTP/1.2",
    b"HTTP/2.0",
    b"HTTP/3.0",
    b"HTTP/1.9",
    b"HTTP/1.32",
    b"HTTP/2",
    b"http/1.1",
    b"Http/1.1",
    b"HTTP/1.",
    b"HTTP/.1",
    b"HTTP/11",
    b"HTTP/1,1",
    b"HTTP/1.1.",
    b"HTTP/ 1.1",
    b"HTTP /1.1",
    b"HTTP1.1",
    b"HTTPS/1.1",
    b"RTSP/1.0",
    b"HTTP/+1.1",
    b"HTTP/01.1",
    b"HTTP/1.01",
    b"HTTP/1.1\x0b",
    b"HTTP/1.1;",
    b"HTTP/-1.1",
    b"HTTP/1.1 ",
    b"",
    b"ICY/1.1",
    b"HTTP/1.1\t",
    b"HTTP/\xef\xbc\x91.1",
):
    kind = either if version in (b"HTTP/1.2", b"HTTP/1.9") else reject
    kind(
        f"A15/{name_of(version)}",
        head(b"GET /v1/models " + version, HOST, KEY),
        "no version of ours",
    )
reject("A15/0.9", b"GET /v1/models\r\n\r\n", "HTTP/0.9")
reject("A15/h2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "HTTP/2")
reject("A15/tls", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 60, "TLS in clear")
accept("A15/good/one-blank-line", b"\r\n" + get(), "one blank line is forgiven")
for front in (
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\r\n\n",
    b"\r\n ",
    b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
):
    kind = either if front == b"\r\n\r\n" else reject
    kind(f"A15/front/{name_of(front)}", front + get(), "something before the method")
accept("A15/good/1.0", head(b"GET /v1/models HTTP/1.0", HOST, KEY), "HTTP/1.0")
accept("A15/good/1.0-no-host", head(b"GET /v1/models HTTP/1.0", KEY), "HTTP/1.0 needs no Host")
accept(
    "A15/good/1.0-post",
    head(b"POST " + CHAT + b" HTTP/1.0", HOST, KEY, JSON, LENGTH) + BODY,
    "HTTP/1.0",
)

# A16: methods and the request line.
for method in (
    b'G"',
    b"G:<>",
    b"GE T",
    b"G(ET)",
    b"GET\x00",
    b"G\x0bET",
    b"\x80GET",
    b"G\xffT",
    b"GET,",
    b"{GET}",
    b"GET\t",
    b"G/T",
    b"[GET]",
    b"G@T",
    b"G=T",
    b"",
):
    reject(f"A16/bad/{name_of(method)}", get(method=method), "no method")
for method in (
    b"get",
    b"Post",
    b"PUT",
    b"M-SEARCH",
    b"A" * 31,
    b"A" * 1000,
    b"POST1",
    b"!#$",
    b"PRI",
    b"BREW",
    b"PROPFIND",
):
    either(f"A16/unknown/{name_of(method)}", get(method=method), "a method that nobody has", 0)
for name, line in (
    ("two-spaces", b"GET  /v1/models HTTP/1.1"),
    ("tab", b"GET\t/v1/models HTTP/1.1"),
    ("two-spaces-behind", b"GET /v1/models  HTTP/1.1"),
    ("no-target", b"GET HTTP/1.1"),
    ("empty-target", b"GET  HTTP/1.1"),
    ("space-inside", b"GET /v1/mo dels HTTP/1.1"),
    ("vt", b"GET\x0b/v1/models\x0bHTTP/1.1"),
    ("ff", b"GET /v1/models\x0cHTTP/1.1"),
    ("trailing", b"GET /v1/models HTTP/1.1 x"),
    ("quoted", b'GET "/v1/models" HTTP/1.1'),
    ("one-word", b"GET"),
    ("nbsp", b"GET\xa0/v1/models HTTP/1.1"),
    ("lf-inside", b"GET /v1/models\nHTTP/1.1"),
    ("cr-inside", b"GET /v1/mo\rdels HTTP/1.1"),
    ("two-targets", b"GET /v1/models /livez HTTP/1.1"),
):
    reject(f"A16/line/{name}", head(line, HOST, KEY), "not three words with a space between")

# A17: pipelining.
accept("A17/two", GOOD + GOOD, "two answers in order", 2, 2)
accept("A17/mixed", get() + GOOD + get(target=b"/livez") + GOOD, "four answers", 4, 2)
accept("A17/sixteen", get(target=b"/livez") * 16, "sixteen answers", 16, 0)
accept("A17/hundred", get(target=b"/livez") * 100, "a hundred answers", 100, 0)
accept("A17/close-first", get(b"Connection: close") + HIDDEN, "nothing behind a close", 1, 0)
either(
    "A17/bad-second", GOOD + b"GET /v1/models HTTP/1.1\nHost: x\n\n" + HIDDEN, "only the first", 1
)
either("A17/garbage-second", GOOD + b"\x00\x01\x02" + HIDDEN, "only the first", 1)
either(
    "A17/length-second",
    GOOD + post(LENGTH, CHUNKED, body=GOOD_CHUNKS) + HIDDEN,
    "only the first",
    1,
)
either("A17/blank-lines", GOOD + b"\r\n\r\n\r\n" + GOOD, "one blank line between is forgiven", 2)
accept("A17/blank-line", GOOD + b"\r\n" + GOOD, "one blank line between is forgiven", 2, 2)
either(
    "A17/extra-body-byte", post(LENGTH, body=BODY + b"}") + HIDDEN, "what is left is no request", 1
)
either("A17/body-too-long", post(b"Content-Length: 64") + HIDDEN, "what is left is no request", 1)

# A18: good ones.
accept("A18/post", GOOD, "with a length")
accept("A18/chunked", chunked(GOOD_CHUNKS), "in one chunk")
accept("A18/get", get(), "without a body")
accept("A18/get-zero", get(b"Content-Length: 0"), "with an empty body")
accept(
    "A18/sdk",
    post(
        LENGTH,
        b"Accept: application/json",
        b"Accept-Encoding: gzip, deflate",
        b"User-Agent: OpenAI/Python 1.99.0",
        b"X-Stainless-Lang: python",
        b"Connection: keep-alive",
    ),
    "as an SDK sends it",
)

# A19: Host.
reject("A19/none", head(b"GET /v1/models HTTP/1.1", KEY), "missing")
reject("A19/twice", get(HOST), "given twice")
reject("A19/twice-different", get(b"Host: other.test"), "given twice")
for value in (
    b"",
    b" ",
    b"a/b",
    b"a?b",
    b"a#b",
    b"a@b",
    b"a\\b",
    b"a b",
    b"a:b",
    b"a:-1",
    b"a:65536",
    b"a:1:2",
    b"[::1",
    b"::1",
    b"[]",
    b"[::1]x",
    b"[fe80::1%25eth0]",
    b"a,b",
    b"a%00b",
    b"a\x00",
    b"http://a",
    b"a..b",
    b"a:999999999999",
    b"\xff",
    b"a;b",
    b'a"b',
    b"<a>",
    b"a^b",
    b"[::g]",
    b"a:8 0",
    b"a:+80",
    b"user@a:80",
    b"{a}",
    b"a|b",
    b"a`b",
):
    odd = value in (b"a,b", b"a..b", b"[fe80::1%25eth0]", b"a;b", b"a%00b")
    kind = either if odd else reject
    kind(f"A19/{name_of(value)}", get(host=b"Host: " + value), "no host")
for field in (b"Host : a", b"Host\x00: a", b" Host: a", b"H\x6fst\xa0: a", b"Host"):
    reject(f"A19/field/{name_of(field)}", get(host=field), "no Host field")
for value in (
    b"gateway.test:80",
    b"GATEWAY.TEST",
    b"127.0.0.1",
    b"[::1]:4000",
    b"a.b.",
    b"a_b",
    b"xn--a",
):
    accept(f"A19/good/{name_of(value)}", get(host=b"hOST: " + value), "a good host")

# B1: a client that wants fields stripped.
for option in (
    b"authorization",
    b"x-api-key",
    b"content-length",
    b"host",
    b"Transfer-Encoding",
    b"api-key",
    b"proxy-authorization",
    b"content-type",
):
    reject(
        f"B1/{option.decode()}",
        post(LENGTH, b"Connection: keep-alive, " + option),
        "a field that must not be stripped",
    )
    reject(
        f"B1/second/{option.decode()}",
        post(LENGTH, b"Connection: keep-alive", b"Connection: " + option),
        "a field that must not be stripped",
    )
accept("B1/good/own", post(LENGTH, b"X-Hop: 1", b"Connection: x-hop"), "a field of this hop")
accept("B1/good/empty-elements", get(b"Connection: , ,keep-alive,"), "empty elements are ignored")
either("B1/no-token", get(b"Connection: a b"), "no token")
either("B1/quoted", get(b'Connection: "close"'), "no token")

# B2: fields of the hop.
accept(
    "B2/all",
    post(
        LENGTH,
        b"Keep-Alive: timeout=5",
        b"TE: trailers",
        b"Trailer: X-T",
        b"Proxy-Connection: keep-alive",
        b"Proxy-Authorization: Basic eA==",
        b"Proxy-Authenticate: x",
    ),
    "consumed",
)

# B3: line ends that only appear when somebody decodes.
accept("B3/percent", post(LENGTH, b"X-A: a%0d%0aX-Evil: 1"), "stays what it is")
accept("B3/u010a", post(LENGTH, b"X-A: \xc4\x8a\xc4\x8d"), "U+010A and U+010D are not LF and CR")
accept(
    "B3/organization", post(LENGTH, b"OpenAI-Organization: o%0d%0aX-Evil: 1"), "stays what it is"
)
reject("B3/path", get(target=b"/v1/models/a%0d%0aX-Evil:%201"), "control bytes in a path")
reject("B3/path-nul", get(target=b"/v1/models/a%00"), "control bytes in a path")

# B6: forms of the target.
accept("B6/absolute", get(target=b"http://gateway.test/v1/models"), "the same host")
accept("B6/absolute-case", get(target=b"HTTP://GATEWAY.test/v1/models"), "in any case")
accept("B6/absolute-query", get(target=b"http://gateway.test/v1/models?limit=1"), "with a query")
accept("B6/absolute-empty-path", get(target=b"http://gateway.test"), "the root")
for target in (
    b"http://evil.test/v1/models",
    b"http://gateway.test:81/v1/models",
    b"http://user@gateway.test/v1/models",
    b"ftp://gateway.test/v1/models",
    b"http:/v1/models",
    b"http:///v1/models",
    b"//gateway.test/v1/models",
    b"v1/models",
    b"gateway.test",
    b"gateway.test:80",
    b"http://gateway.test@evil.test/v1/models",
    b"http://gateway.test#/v1/models",
    b"file:///v1/models",
    b"?a=b",
    b"*",
    b"http://",
    b"javascript:x",
    b"http://gateway.test\\@evil.test/",
    b"http://[::1]/v1/models",
):
    either(f"B6/{name_of(target)}", get(target=target), "no target of ours", 0)

# B7: spellings of a path.
for path in (
    b"//v1/models",
    b"/v1//models",
    b"/v1/./models",
    b"/v1/../v1/models",
    b"/v1/models/",
    b"/v1/models/..",
    b"/v1/models/.",
    b"/v1/%2e%2e/models",
    b"/v1/%2E/models",
    b"/v1%2fmodels",
    b"/v1/models%00",
    b"/v1/models%c0%af",
    b"/v1/models;x",
    b"/v1\\models",
    b"/v1/models.",
    b"/v1/models%20",
    b"/V1/Models",
    b"/v1/models#x",
    b"/v1/%6dodels",
    b"/v1/%256dodels",
    b"/v1/mod%zzels",
    b"/v1/models%",
    b"/v1/models%2",
    b"/%2e%2e/livez",
    b"/v1/models/..;/x",
    b"/v1/files/..;/..;/admin",
    b"/v1/files/.;a=b/x",
    b"/v1/files/%2e%2e;/x",
    b"/v1/files/%2e;x/y",
    b"/v1/files/..%3b/x",
    b"/v1/models/%5c..%5cx",
    b"/v1/files/a%2f..%2fb",
    b"/v1/files/..%2fadmin",
    b"/v1/files/%252e%252e/x",
    b"/v1/models/%ed%a0%80",
    b"/v1/models/\xc3\xa9",
    b"/v1/models/<x>",
    b"/v1/models/^",
    b"/v1/models/`",
    b"/v1/models/{x}",
    b"/v1/models/|",
    b'/v1/models/"',
    b"/..",
    b"/.",
    b"/../../etc/passwd",
):
    either(f"B7/{name_of(path)}", get(target=path), "one canonical path or none", 0)
for path in (
    b"/v1/chat/%63ompletions",
    b"/v1/chat%2Fcompletions",
    b"/v1/chat/completions/",
    b"/v1/chat/completions;a",
    b"/v1/x/../chat/completions",
    b"/v1/chat/./completions",
):
    either(f"B7/post/{name_of(path)}", post(LENGTH, target=path), "one canonical path or none")

# B8: queries.
accept("B8/good", get(target=b"/v1/models?limit=2&after=a%20b"), "a query")
accept("B8/empty", get(target=b"/v1/models?"), "an empty query")
either("B8/long", get(target=b"/v1/models?" + b"a" * 9000), "beyond 8 KB", 0)
either("B8/key", get(target=b"/v1/models?api_key=corpus-test-key"), "a key in the URL", 0)
for query in (b"a=\xff", b'a="b"', b"<a>", b"a\\b", b"a#b"):
    either(
        f"B8/{name_of(query)}", get(target=b"/v1/models?" + query), "bytes that no query holds", 0
    )

# B9: sizes.
either("B9/line", get(target=b"/" + b"a" * 9000), "a request line beyond 8 KB", 0)
either("B9/field", get(b"X-A: " + b"b" * 17000), "a field line beyond 16 KB", 0)
either("B9/head", get(*[b"X-%d: " % i + b"b" * 9000 for i in range(8)]), "a head beyond 64 KB", 0)
either("B9/count", get(*[b"X-%d: b" % i for i in range(101)]), "more than 100 fields", 0)
either("B9/name", get(b"X" * 17000 + b": b"), "a field name beyond 16 KB", 0)
accept("B9/good/field", get(b"X-A: " + b"b" * 15000), "a long field")
accept("B9/good/count", get(*[b"X-%d: b" % i for i in range(97)]), "99 fields")

# B12: what a body says it is.
for fields in (
    (b"Content-Type: text/plain",),
    (b"Content-Encoding: gzip",),
    (b"Content-Encoding: gzip, gzip",),
    (b"Content-Encoding: identity", b"Content-Encoding: gzip"),
):
    either(
        "B12/" + name_of(b"|".join(fields)),
        post(LENGTH, *fields),
        "two types or an encoded body",
        0,
    )
for value in (
    b"application/json; charset=utf-16",
    b"application/json; Charset=utf-16",
    b'application/json;a=b;CHARSET="utf-7"',
    b"application/json; charset=utf-8; charset=utf-16",
    b"text/plain",
    b"application/jsonx",
    b"",
    b"multipart/form-data; boundary=x",
):
    raw = head(b"POST " + CHAT + b" HTTP/1.1", HOST, KEY, b"Content-Type: " + value, LENGTH) + BODY
    either(f"B12/type/{name_of(value)}", raw, "not JSON in UTF-8", 0)
for value in (
    b"application/json; charset=utf-8",
    b'Application/JSON;Charset="UTF-8"',
    b"application/json; a=b",
):
    raw = head(b"POST " + CHAT + b" HTTP/1.1", HOST, KEY, b"Content-Type: " + value, LENGTH) + BODY
    accept(f"B12/good/{name_of(value)}", raw, "JSON in UTF-8")

# B13: requests that are never finished; the gateway's deadline ends them.
for name, raw in (
    ("nothing", b"\r"),
    ("method", b"PO"),
    ("request-line", b"POST " + CHAT + b" HTTP/1.1\r\n"),
    ("field", GOOD[:100]),
    ("head", GOOD[: HEAD_END + 2]),
    ("body", GOOD[:-1]),
    ("no-body", GOOD[: HEAD_END + 4]),
    ("size", chunked(b"4")),
    ("chunk", chunked(chunk(BODY)[:-1])),
    ("last-chunk", chunked(chunk(BODY))),
    ("trailer", chunked(chunk(BODY) + b"0\r\n")),
    ("trailer-field", chunked(chunk(BODY) + b"0\r\nX-T: 1\r\n")),
):
    reject(f"B13/{name}", raw, "not finished in time")

# B18: HEAD and OPTIONS.
accept("B18/head", get(method=b"HEAD"), "no body", 1, 0)
accept(
    "B18/head-twice", get(method=b"HEAD") + get(method=b"HEAD", target=b"/livez"), "no bodies", 2, 0
)
accept("B18/head-404", get(method=b"HEAD", target=b"/nowhere"), "no body", 1, 0)
accept("B18/options", get(method=b"OPTIONS", target=CHAT), "answered here", 1, 0)
accept("B18/options-star", get(method=b"OPTIONS", target=b"*"), "answered here", 1, 0)
accept(
    "B18/preflight",
    head(
        b"OPTIONS " + CHAT + b" HTTP/1.1",
        HOST,
        b"Origin: https://a.test",
        b"Access-Control-Request-Method: POST",
    ),
    "without a key",
    1,
    0,
)

# B20: fields that must not change anything.
accept(
    "B20/all",
    post(
        LENGTH,
        b"Range: bytes=0-1",
        b"If-None-Match: *",
        b"If-Match: x",
        b"If-Range: x",
        b"If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT",
        b"Max-Forwards: 0",
        b"Cache-Control: only-if-cached",
        b"Accept-Encoding: identity;q=0",
        b"Accept: text/html",
        b"Pragma: no-cache",
        b"X-HTTP-Method-Override: DELETE",
        b"X-Original-URL: /livez",
        b"X-Rewrite-URL: /livez",
        b"Via: 1.1 x",
        b"X-Forwarded-Host: evil.test",
        b"Front-End-Https: on",
    ),
    "ignored",
)

write(rows, HERE / "requests.jsonl")
