// Hostile ops, for a plain and for a rich document: wrong shapes, numbers that are no lengths, text that does not survive,
// depth and size, names that every object has, links and colours that carry more than they say.

import { keys, nested, nestedObjects, ops } from "./vector.js";

const plain = ops("plain");
const rich = ops("rich");

export const plainOps = [
  // Not a list of components.
  ...plain(
    "op_malformed",
    "null",
    "true",
    "7",
    '"text"',
    "{}",
    '{"0":1,"length":1}',
    '[["a"]]',
    "[[]]",
    "[null]",
  ),
  ...plain(
    "op_malformed",
    "[true]",
    "[false]",
    "[{}]",
    '[""]',
    '["a",""]',
    '[{"x":1}]',
    '[{"i":"a"}]',
    '[{"r":1}]',
  ),
  ...plain("op_malformed", '[{"d":1,"x":1}]', '[{"d":[1]}]', '[{"d":null}]', '[{"d":true}]', '[{"d":{}}]'),
  // Numbers that are no lengths.
  ...plain(
    "op_malformed",
    '[0,"a"]',
    '[-1,"a"]',
    '[1.5,"a"]',
    '[0.1,"a"]',
    '[1e-7,"a"]',
    '[-0,"a"]',
    '["a",0]',
  ),
  ...plain(
    "op_malformed",
    '[1e999,"a"]',
    '[-1e999,"a"]',
    '[{"d":1e999}]',
    '[{"d":0}]',
    '[{"d":-1}]',
    '[{"d":1.5}]',
  ),
  ...plain(
    "op_malformed",
    '[9007199254740993,"a"]',
    '[1e300,"a"]',
    '[{"d":9007199254740992}]',
    '[4294967296,"a"]',
  ),
  // Not in canonical form.
  ...plain("op_malformed", "[1]", '["a",1]', '[1,1,"a"]', '["a","b"]', '[{"d":1},{"d":1}]', '["a",1,1,"b"]'),
  // Past the end.
  ...plain("op_out_of_bounds", '[1000000,"a"]', '[{"d":1000000}]', '[2147483647,"a"]', '[{"d":2147483647}]'),
  ...plain("op_out_of_bounds", '["a",1000000,{"d":1}]', '[1,{"d":999999}]'),
  // Text that does not survive.
  ...plain("bad_unicode", '["\\ud800"]', '["\\udc00"]', '["a\\ud83d"]', '["\\udc7b\\ud83d"]', '["\\u0000"]'),
  ...plain("bad_unicode", '[1,"\\ud83d"]', '["\\u001b[2J"]', '["\\r\\n"]'),
  ...plain("bad_unicode", '[{"d":"\\ud800"}]'),
  // Too deep, too many, too long.
  ...plain(
    "op_too_complex",
    nested(17),
    nested(40),
    nested(5000),
    nested(100_000, ""),
    `[${nestedObjects(17)}]`,
  ),
  ...plain("op_too_complex", `[${Array(6000).fill('1,"a"').join(",")}]`),
  ...plain("op_too_large", `["${"a".repeat(512 * 1024)}"]`, `["${"é".repeat(270_000)}"]`),
  ...plain("op_malformed", nested(16)),
  // Names that every object has.
  ...plain("op_malformed", '[{"__proto__":{"d":1}}]', '[{"d":1,"__proto__":null}]', '[{"constructor":1}]'),
  ...plain("op_malformed", '[{"d":1,"toString":1}]', '[{"hasOwnProperty":1}]', '[{"d":{"__proto__":1}}]'),
];

export const richOps = [
  ...rich(
    "op_malformed",
    '["before the first marker"]',
    '[{"d":1}]',
    '[{"d":1},"\\n"]',
    '[{"i":"a","a":{"b":1}}]',
  ),
  ...rich("op_malformed", '["\\n"]', '[{"i":{"hr":1,"blk":true}}]', '[{"i":"\\n","a":{"t":"h1"}},1,{"d":1}]'),
  ...rich(
    "op_malformed",
    "[1]",
    '[{"r":1}]',
    '[{"r":1,"a":{}}]',
    '[{"r":0,"b":{"t":"h1"}}]',
    '[{"r":1.5,"b":{"t":"h1"}}]',
  ),
  ...rich(
    "op_malformed",
    '[1,{"i":""}]',
    '[1,{"i":null}]',
    '[1,{"i":1}]',
    '[1,{"i":[]}]',
    '[1,{"i":true}]',
    '[1,{"i":{}}]',
  ),
  ...rich(
    "op_malformed",
    '[1,{"i":"a","x":1}]',
    '[1,{"i":"a","d":1}]',
    '[1,{"d":1,"r":1}]',
    '[1,{"d":"text"}]',
  ),
  ...rich("op_malformed", '[1,{"i":"a","a":[]}]', '[1,{"i":"a","a":null}]', '[1,{"i":"a","a":"b"}]'),
  ...rich(
    "op_malformed",
    '[1,{"i":"a","a":{"b":[1]}}]',
    '[1,{"i":"a","a":{"b":{"c":1}}}]',
    '[1,{"i":"a","a":{"":1}}]',
  ),
  ...rich(
    "op_malformed",
    '[1,{"i":"a","a":{"b":null}}]',
    '[1,{"i":"a","a":{"b":1e999}}]',
    `[1,{"i":"a","a":{"${"k".repeat(65)}":1}}]`,
  ),
  ...rich(
    "op_too_complex",
    `[1,{"i":"a","a":{"${"k".repeat(300)}":1}}]`,
    `[1,{"i":{"image":{"src":"x","${"k".repeat(257)}":1}}}]`,
    `[1,{"i":{"image":${keys(1001)}}}]`,
    `[1,{"i":"a","a":${keys(1001)}}]`,
    `[1,{"i":"a","a":${keys(257)}}]`,
    `[{"r":1,"a":${keys(33)}}]`,
    `[{"r":1,"b":${keys(33)}}]`,
    `[1,{"i":"a","a":{"x":"${"v".repeat(4097)}"}}]`,
    `[1,{"i":{"mention":{"id":"${"v".repeat(4097)}"}}}]`,
  ),
  ...rich("op_malformed", '[1,{"i":"a","a":{"__proto__":1}}]', '[1,{"i":"a","a":{"constructor":1}}]'),
  ...rich(
    "op_malformed",
    '[1,{"i":{"__proto__":{"src":"x"}}}]',
    '[1,{"i":{"image":{"constructor":1,"src":"x"}}}]',
  ),
  ...rich("op_malformed", '[1,{"i":"a","a":{"toString":1}}]', '[{"r":1,"b":{"valueOf":1}}]'),
  ...rich(
    "op_out_of_bounds",
    '[1000000,"a"]',
    '[1,{"d":1000000}]',
    '[{"r":1000000,"b":{"t":"h1"}}]',
    '[{"r":2147483647,"b":{"t":"h1"}}]',
  ),
  ...rich(
    "bad_unicode",
    '[1,"\\ud800"]',
    '[1,{"i":"a\\udc00","a":{"b":1}}]',
    '[1,{"i":"a","a":{"x":"\\ud800"}}]',
  ),
  ...rich(
    "bad_unicode",
    '[1,{"i":"a","a":{"\\ud800":1}}]',
    '[1,{"i":{"mention":{"id":"\\ud800"}}}]',
    '[1,"\\u0000"]',
  ),
  ...rich("op_too_complex", `[1,{"i":${nestedObjects(17)}}]`, `[1,{"i":${nestedObjects(5000)}}]`),
  // Links.
  ...[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\\tscript:alert(1)",
    "java\\nscript:alert(1)",
    "\\u0001javascript:alert(1)",
    "\\u2028javascript:alert(1)",
    "\\ufeffjavascript:alert(1)",
    "ｊavascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "view-source:https://example.org",
    "intent://x#Intent;end",
    "https://example.org/\\u202egnp.exe",
    "https://example.org ",
    "",
    "javascript&colon;x:alert(1)",
  ].flatMap((url) => {
    const hidden = url.startsWith("\\u0001");
    // An attribute's value may hold no control character but tab and line feed, so this does not get as far.
    return rich(hidden ? "bad_unicode" : "bad_url", `[1,{"i":"a","a":{"l":"${url}"}}]`);
  }),
  ...rich("bad_url", '[1,{"i":"a","a":{"l":1}}]', '[1,{"i":"a","a":{"l":true}}]'),
  ...rich(
    "bad_url",
    '[1,{"i":{"image":{"src":"javascript:alert(1)"}}}]',
    '[1,{"i":{"image":{"src":"data:image/svg+xml,<svg/>"}}}]',
  ),
  ...rich(
    "bad_url",
    '[1,{"i":{"image":{}}}]',
    '[1,{"i":{"image":"x.png"}}]',
    '[1,{"i":{"image":{"src":["x"]}}}]',
    '[1,{"i":{"image":null}}]',
  ),
  // Colours that carry more than a colour.
  ...rich("op_malformed", '[1,{"i":"a","a":{"fg":"red;background:url(//x)"}}]'),
  ...rich(
    "op_malformed",
    '[1,{"i":"a","a":{"bg":"#12345"}}]',
    '[1,{"i":"a","a":{"bg":"#ggg"}}]',
    '[1,{"i":"a","a":{"bg":1}}]',
  ),
  ...rich("op_malformed", '[{"r":1,"a":{"fg":"var(--x)"}}]', '[1,{"i":"a","a":{"fg":"#fff\\u2028"}}]'),
];
