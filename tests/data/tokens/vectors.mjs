// Writes vectors.jsonl: texts and their tokens by the npm package `tiktoken` 1.0.22, which is OpenAI's
// tokenizer compiled for Node.
//
// npm install --prefix FOLDER tiktoken@1.0.22 && cp tests/data/tokens/vectors.mjs FOLDER
// node FOLDER/vectors.mjs > tests/data/tokens/vectors.jsonl

import { get_encoding } from "tiktoken";

const texts = [
  "", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n", "\n ", " \n ", "  \n\n  x", "a\n", "a \n", "a \n ", "\u00a0a",
  "hello world", "Hello, world!", " hello", "hello ", "hello  world", "hello   world\t\tagain \t x",
  "The brown hare, which had outrun three dogs, sat down & laughed.",
  "It's what they'd said: we'll see, I've known, you're right, I'm sure, don't.", "IT'S WHAT THEY'D SAID: WE'LL SEE",
  "'s", "'S", "'\u017f", "'\u017fa", "x'\u017f", "''s", "'t's'd'm'll've're", "'LL'Ve'rE", "a'b'll'x", "l'eau d'olive",
  "1", "12", "123", "1234", "1234567890", "3.14159", "-17", "1,000,000", "\u00b2\u00bd\u2167\u0663\u0664\u0665\u0666", "v1.2.3-rc4",
  "camelCase PascalCase UPPERCASE snake_case kebab-case XMLHttpRequest getHTTPResponseCode iOS eBook",
  "aB", "AB", "ABc", "AbC", "ABcD", "\u01c5a", "A\u01c5b", "AB\u4e2dCD!", "a\u4e2dB", "\u4e2da", "\u4e2dA", "\u02b0A\u02b0a",
  "\u0300AB!", "\u0300ab", "\u0300", " \u0300a", "a\u0301e\u0301", "e\u0301'S", "\u0300'll", "AB\u0300CD",
  "!?", " !?", "!?\n", "!?\r\n\n", "!?/", "!?\n/", "a/b//c", "https://example.test/a/b?c=d&e=%20#f", "/etc/hosts\n/", "// comment\n\n",
  "<|endoftext|>", "hello <|endoftext|>", "<|im_start|>user\nhi<|im_end|>", "<|fim_prefix|><|start|>assistant<|channel|>",
  "{\"a\":1,\"b\":[true,null]}", "{\n  \"name\": \"x\",\n  \"list\": [1, 2, 3]\n}\n", "[[[[[[]]]]]]", "{}{}{}{}",
  "int main() {\n\treturn 0;\n}\n", "def f(x):\n    if x:\n        return None\n    return x\n", "for(;;){i+=1;/*x*/}\r\n\r\n",
  "SELECT * FROM t WHERE a <> 'b' -- c\n", "# Title\n\n- one\n- two\n\n```sh\nls -la | wc\n```\n", "| a | b |\n|---|---|\n| 1 | 2 |",
  "\u304a\u8a95\u751f\u65e5\u304a\u3081\u3067\u3068\u3046", "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\u6771\u4eac\u306f\u4eca\u65e5\u3082\u96e8\u3067\u3059\u3002",
  "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u041a\u0430\u043a \u0434\u0435\u043b\u0430?", "\u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u039a\u03cc\u03c3\u03bc\u03b5",
  "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
  "Gr\u00fc\u00dfe aus K\u00f6ln, na\u00efve fa\u00e7ade, \u0141\u00f3d\u017a, T\u00fcrk\u00e7e \u0130stanbul \u0131", "Ti\u1ebfng Vi\u1ec7t", "\u10d2\u10d0\u10db\u10d0\u10e0\u10ef\u10dd\u10d1\u10d0",
  "\ud83d\udc4d", "\ud83d\udc4d\ud83c\udffd", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "\ud83c\udde8\ud83c\uddf3", "hi \ud83d\udc4b there \ud83c\udf0d", "\u2764\ufe0f",
  " \u00850", "\u0085\u0085a", "\u2028a\u2029b", "\u3000\u3000a", "\u200b\u200ba", "\ufeffabc", "\u180ea", "\u2009\u202f\u205fx",
  "\u0000\u0001\u001f\u007f", "a\u0000b", "\ufffd\ufffd", "\ue000", "\u{10ffff}", "\u{1d400}\u{1d7d9}", "\u{1f1e6}\u{e0041}",
  "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=", "deadbeef0123456789abcdef", "AKIAIOSFODNN7EXAMPLE", "antidisestablishmentarianism",
  "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoquh", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "qwrtzpsdfghjklxcvbnm",
  "\u{1c89}\u{10d4a}\u{2ebf0}'s", "\u1e9e\u00df\u00aa\u00ba\u2160\u2170", "\u0660\u0967\u1369\u2460\u3007",
];

for (const [unit, counts] of Object.entries({ " ": [2, 3, 25, 26, 83, 127, 128, 129, 300], "\n": [3, 16, 33, 100], a: [9, 17, 100, 401],
  "^": [64, 99], "0": [4, 17], "=": [81, 97, 200], "ab": [50, 51], " \n": [20], "\t": [9, 40], "\u4e2d": [40], "\u{1f600}": [20],
  "-": [128, 200], "ha": [60], "A": [33, 100], ".": [70], "\u0300": [30], "'": [30], "the": [40] })) {
  for (const count of counts) {
    texts.push(unit.repeat(count));
    texts.push(" " + unit.repeat(count) + "x");
    texts.push(unit.repeat(count) + "\n");
  }
}

// Seeded, so that the file comes out the same.
let state = 1n;
function below(end) {
  state = (state * 6364136223846793005n + 1442695040888963407n) % (1n << 64n);
  return Number(state >> 33n) % end;
}
const alphabet = [..."abzABZ019 \t\n\r'sStTlLdDmMrReEvV.,/!?-_\"<|>{}", "\u00a0", "\u0085", "\u2028", "\u3000", "\u017f", "\u0300", "\u0301",
  "\u01c5", "\u02b0", "\u4e2d", "\u6587", "\u3042", "\u00e9", "\u00c9", "\u03c3", "\u0416", "\u0436", "\u0661", "\u00b2", "\u2167", "\ud83d\ude00", "\u200d",
  "\ufe0f", "\ufeff", "\u0e01", "\u0e31", "\u094d", "\u0915", "\uac00"];
for (let i = 0; i < 150; ++i) {
  let text = "";
  for (let length = 1 + below(40); length > 0; --length) text += alphabet[below(alphabet.length)];
  texts.push(text);
}

const ascii = (text) => text.replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
for (const name of ["o200k_base", "cl100k_base", "p50k_base", "r50k_base"]) {
  const encoding = get_encoding(name);
  for (const text of texts) {
    console.log(ascii(JSON.stringify({ encoding: name, text, ids: [...encoding.encode_ordinary(text)] })));
  }
}
