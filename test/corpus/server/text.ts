// Text that does not survive, and words that would be more than words in a page: control characters, half characters,
// addresses that run, colours that carry more than a colour. In every place of an op where text may stand.

import { ops } from "./vector.js";

const plain = ops("plain");
const rich = ops("rich");
const hex = (code: number) => code.toString(16).padStart(4, "0");

/** All C0 control characters but tab and line feed. */
const controls = Array.from({ length: 32 }, (_, code) => code)
  .filter((code) => code !== 9 && code !== 10)
  .map((code) => `\\u${hex(code)}`);

const halves = [
  "\\ud800",
  "\\udbff",
  "\\udc00",
  "\\udfff",
  "a\\ud83d",
  "\\udc7bb",
  "\\udc7b\\ud83d",
  "\\ud83d\\ud83d\\udc7b",
];

export const texts = [
  ...controls.flatMap((control) => [
    ...plain("bad_unicode", `["a${control}b"]`),
    ...rich("bad_unicode", `[1,{"i":"a","a":{"x":"${control}"}}]`),
  ]),
  ...halves.flatMap((half) => [
    ...plain("bad_unicode", `["x${half}y"]`),
    ...rich(
      "bad_unicode",
      `[1,"x${half}y"]`,
      `[1,{"i":{"mention":{"id":"x${half}y"}}}]`,
      `[{"r":1,"b":{"t":"x${half}y"}}]`,
      `[{"r":1,"b":{"x${half}y":1}}]`,
    ),
  ]),
];

const addresses = [
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "javascript://example.org/%0aalert(1)",
  "java\\tscript:alert(1)",
  "javascript\\n:alert(1)",
  "vbscript:x",
  "livescript:x",
  "mocha:x",
  "data:text/html,x",
  "data:image/svg+xml;base64,PHN2Zz4=",
  "data:,x",
  "blob:null/1",
  "file:///c:/x",
  "filesystem:http://x/y",
  "about:blank",
  "chrome://settings",
  "ws://example.org",
  "ftp://example.org",
  "feed:javascript:x",
  "jar:https://example.org!/x",
  "\\u2066https://example.org",
  "https://example.org/\\u200e\\u202e",
  "https://example.org\\u2029",
  " https://example.org",
  "x:y",
];

export const urls = addresses.flatMap((address) =>
  rich(
    "bad_url",
    `[{"r":1,"a":{"l":"${address}"}}]`,
    `[1,{"i":"words","a":{"b":true,"l":"${address}"}}]`,
    `[1,{"i":{"image":{"src":"${address}","alt":"a"}}}]`,
  ),
);

const paints = [
  "red",
  "#",
  "#12",
  "#1234",
  "#1234567",
  "#12345678",
  "#00000g",
  "rgb(0,0,0)",
  "url(javascript:x)",
  "expression(alert(1))",
  "#fff;background:url(//x)",
  "#fff}body{display:none",
  "#fff/**/",
  "\\\\23fff",
  "inherit",
  "#FFF ",
  "",
];

export const colours = paints.flatMap((paint) =>
  rich("op_malformed", `[1,{"i":"a","a":{"fg":"${paint}"}}]`, `[{"r":1,"a":{"bg":"${paint}"}}]`),
);
