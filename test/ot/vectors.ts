// What strangers may send, written down as the JSON that they send: what is refused, with its code, and what is taken although
// it is as large as may be.

import type { OtErrorCode } from "../../ot/index.js";

/** JSON as it comes off the wire, so that `__proto__` is a key and `1e999` is what a parser makes of it. */
export type Vector = readonly [title: string, json: string, code: OtErrorCode];

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
export const keys = (count: number, value = "1") =>
  `{${Array.from({ length: count }, (_, at) => `"k${at}":${value}`).join(",")}}`;
const long = (length: number) => JSON.stringify("x".repeat(length));

/** Refused by both types. */
export const both: readonly Vector[] = [
  ["null", "null", "op_malformed"],
  ["a number", "1", "op_malformed"],
  ["a string", '"x"', "op_malformed"],
  ["true", "true", "op_malformed"],
  ["an object", "{}", "op_malformed"],
  ["an object that looks like a list", '{"0":"x","length":1}', "op_malformed"],
  ["an op in an op", '[["x"]]', "op_malformed"],
  ["true as a component", "[true]", "op_malformed"],
  ["false as a component", "[false]", "op_malformed"],
  ["null as a component", "[null]", "op_malformed"],
  ["an empty component", "[{}]", "op_malformed"],
  ["an empty insert", '[""]', "op_malformed"],
  ["a skip of 0", '[0,"x"]', "op_malformed"],
  ["a skip of -0", '[-0,"x"]', "op_malformed"],
  ["a negative skip", '[-1,"x"]', "op_malformed"],
  ["half a skip", '[1.5,"x"]', "op_malformed"],
  ["a skip of 1e999", '[1e999,"x"]', "op_malformed"],
  ["a skip of -1e999", '[-1e999,"x"]', "op_malformed"],
  ["a skip past 2³¹ − 1", '[2147483648,"x"]', "op_malformed"],
  ["a skip past what a number can count", '[9007199254740993,"x"]', "op_malformed"],
  ["a trailing skip", '["x",3]', "op_malformed"],
  ["a skip alone", "[3]", "op_malformed"],
  ["two skips", '[1,2,"x"]', "op_malformed"],
  ["two inserts", '["x","y"]', "op_malformed"],
  ["two deletes", '[{"d":1},{"d":1}]', "op_malformed"],
  ["a delete of 0", '[{"d":0}]', "op_malformed"],
  ["a negative delete", '[{"d":-1}]', "op_malformed"],
  ["half a delete", '[{"d":0.5}]', "op_malformed"],
  ["a delete of 1e999", '[{"d":1e999}]', "op_malformed"],
  ["a delete past 2³¹ − 1", '[{"d":4294967296}]', "op_malformed"],
  ["a delete of true", '[{"d":true}]', "op_malformed"],
  ["a delete of null", '[{"d":null}]', "op_malformed"],
  ["a delete of an object", '[{"d":{"d":1}}]', "op_malformed"],
  ["a delete of a list", '[{"d":[1]}]', "op_malformed"],
  ["a delete of an empty string", '[{"d":""}]', "op_malformed"],
  ["a delete with more in it", '[{"d":1,"x":1}]', "op_malformed"],
  ["a delete with __proto__ in it", '[{"d":1,"__proto__":{"x":1}}]', "op_malformed"],
  ["an unknown component", '[{"retain":1}]', "op_malformed"],
  ["a component called __proto__", '[{"__proto__":{"d":1}}]', "op_malformed"],
  ["a component called constructor", '[{"constructor":1}]', "op_malformed"],
  ["half a surrogate pair, the first", '["\\ud83d"]', "bad_unicode"],
  ["half a surrogate pair, the second", '["\\udc7b"]', "bad_unicode"],
  ["a surrogate pair turned round", '["a\\udc7b\\ud83d"]', "bad_unicode"],
  ["U+0000", '["a\\u0000b"]', "bad_unicode"],
  ["a carriage return", '["a\\r\\nb"]', "bad_unicode"],
  ["an escape character", '["\\u001b[2J"]', "bad_unicode"],
  ["a bell", '["\\u0007"]', "bad_unicode"],
  ["30 KB of brackets", `${"[".repeat(15_000)}${"]".repeat(15_000)}`, "op_malformed"],
];

export const plainOnly: readonly Vector[] = [
  ["a rich insert", '[{"i":"x","a":{"b":1}}]', "op_malformed"],
  ["an embed", '[{"i":{"image":1}}]', "op_malformed"],
  ["a retain", '[{"r":1,"a":{"b":1}}]', "op_malformed"],
  ["a delete that quotes half a pair", '[{"d":"\\ud83d"}]', "bad_unicode"],
  ["a delete that quotes U+0000", '[{"d":"\\u0000"}]', "bad_unicode"],
  ["a counting and a quoting delete", '[{"d":1},{"d":"x"}]', "op_malformed"],
];

const attributes = (set: string) => `[{"i":"x","a":${set}}]`;
const changes = (set: string) => `[{"r":1,"a":${set}}]`;
const embed = (json: string) => `[{"i":${json}}]`;

export const richOnly: readonly Vector[] = [
  ["a delete that quotes", '[{"d":"x"}]', "op_malformed"],
  ["an insert of nothing", '[{"i":""}]', "op_malformed"],
  ["an insert of null", '[{"i":null}]', "op_malformed"],
  ["an insert of a number", '[{"i":1}]', "op_malformed"],
  ["an insert of true", '[{"i":true}]', "op_malformed"],
  ["an insert of a list", '[{"i":["x"]}]', "op_malformed"],
  ["an insert with more in it", '[{"i":"x","a":{"b":1},"b":{"t":"h1"}}]', "op_malformed"],
  ["text without attributes in an object", '[{"i":"x"}]', "op_malformed"],
  ["two inserts with equal attributes", '[{"i":"x","a":{"b":1}},{"i":"y","a":{"b":1}}]', "op_malformed"],
  [
    "two inserts with the same in another order",
    '[{"i":"x","a":{"b":1,"i":1}},{"i":"y","a":{"i":1,"b":1}}]',
    "op_malformed",
  ],
  ["attributes that are null", attributes("null"), "op_malformed"],
  ["attributes that are a list", attributes("[]"), "op_malformed"],
  ["attributes that are a string", attributes('"b"'), "op_malformed"],
  ["empty attributes", attributes("{}"), "op_malformed"],
  ["an embed with empty attributes", '[{"i":{"image":1},"a":{}}]', "op_malformed"],
  ["an inserted attribute of null", attributes('{"b":null}'), "op_malformed"],
  ["an attribute of 1e999", attributes('{"b":1e999}'), "op_malformed"],
  ["an attribute that is a list", attributes('{"b":[1]}'), "op_malformed"],
  ["an attribute that is an object", attributes('{"b":{}}'), "op_malformed"],
  ["an attribute called __proto__", attributes('{"__proto__":1}'), "op_malformed"],
  ["an attribute called constructor", attributes('{"constructor":1}'), "op_malformed"],
  ["an attribute called prototype", attributes('{"prototype":1}'), "op_malformed"],
  ["an attribute without a name", attributes('{"":1}'), "op_malformed"],
  ["an attribute with a name of 65 characters", attributes(`{${long(65)}:1}`), "op_malformed"],
  ["an attribute name with U+0000", attributes('{"a\\u0000":1}'), "bad_unicode"],
  ["an attribute name with half a pair", attributes('{"\\ud83d":1}'), "bad_unicode"],
  ["an attribute with half a pair", attributes('{"l":"\\udc7b"}'), "bad_unicode"],
  ["an attribute with U+0000", attributes('{"l":"\\u0000"}'), "bad_unicode"],
  ["an attribute of 4,097 characters", attributes(`{"l":${long(4097)}}`), "op_too_complex"],
  ["257 attributes", attributes(keys(257)), "op_too_complex"],
  ["33 changes", changes(keys(33)), "op_too_complex"],
  ["33 removals", changes(keys(33, "null")), "op_too_complex"],
  ["a change to a list", changes('{"b":[]}'), "op_malformed"],
  ["a change called __proto__", changes('{"__proto__":null}'), "op_malformed"],
  ["a retain of 0", '[{"r":0,"a":{"b":1}}]', "op_malformed"],
  ["a retain of 1e999", '[{"r":1e999,"a":{"b":1}}]', "op_malformed"],
  ["a retain of a string", '[{"r":"1","a":{"b":1}}]', "op_malformed"],
  ["a retain that changes nothing", '[{"r":1}]', "op_malformed"],
  ["a retain with empty changes", '[{"r":1,"a":{}}]', "op_malformed"],
  ["a retain with one of two empty", '[{"r":1,"a":{"b":1},"b":{}}]', "op_malformed"],
  ["a retain whose changes are null", '[{"r":1,"a":null}]', "op_malformed"],
  ["a retain with more in it", '[{"r":1,"a":{"b":1},"o":{"b":null}}]', "op_malformed"],
  ["two retains of equal changes", '[{"r":1,"a":{"b":1}},{"r":2,"a":{"b":1}}]', "op_malformed"],
  ["a component that is two", '[{"i":"x","d":1}]', "op_malformed"],
  ["a component that is two others", '[{"r":1,"d":1}]', "op_malformed"],
  ["an empty embed", embed("{}"), "op_malformed"],
  ["an embed that is a block of 1", embed('{"hr":1,"blk":1}'), "op_malformed"],
  ["an embed that is no block", embed('{"hr":1,"blk":false}'), "op_malformed"],
  ["an embed with __proto__ in it", embed('{"image":{"__proto__":{"x":1}}}'), "op_malformed"],
  ["an embed with constructor deep in it", embed('{"a":[{"b":[{"constructor":1}]}]}'), "op_malformed"],
  ["an embed with a nameless key", embed('{"image":{"":1}}'), "op_malformed"],
  ["an embed with 1e999 in it", embed('{"image":[1e999]}'), "op_malformed"],
  ["an embed with half a pair in it", embed('{"image":["\\ud83d"]}'), "bad_unicode"],
  ["an embed with U+0000 in a key", embed('{"image":{"\\u0000":1}}'), "bad_unicode"],
  ["an embed 17 deep", embed(nested(17)), "op_too_complex"],
  ["an embed 10,000 deep", embed(nested(10_000)), "op_too_complex"],
  [
    "lists 10,000 deep in an embed",
    embed(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
    "op_too_complex",
  ],
  ["an embed of 1,001 keys", embed(keys(1001)), "op_too_complex"],
  ["an embed of a long list", embed(`{"a":[${"1,".repeat(1000)}1]}`), "op_too_complex"],
  ["an embed with a long string", embed(`{"image":${long(4097)}}`), "op_too_complex"],
];

/** Taken by the rich type. */
export const fine: readonly string[] = [
  "[]",
  '["x"]',
  '[2147483647,{"d":2147483647}]',
  '["x",{"d":1},"y"]',
  '[{"d":1},"x",{"d":1}]',
  `[{"i":"x","a":${keys(256)}}]`,
  `[{"r":2147483647,"a":${keys(32)},"b":${keys(32, "null")}}]`,
  `[{"i":"x","a":{${long(64)}:${long(4096)}}}]`,
  '[{"i":"x","a":{"toString":true,"hasOwnProperty":"","valueOf":-0.5}}]',
  embed(nested(16)),
  embed(keys(1000)),
  '[{"i":{"image":1}},{"i":{"image":1}}]',
  '[{"i":{"hr":1,"blk":true},"a":{"q":1}},"\\n\\t👻\\u2028"]',
  '["x",{"i":"y","a":{"b":1}},"z"]',
  '["\\u007f\\u0085\\ufeff"]',
];

/** Taken by the plain type, which may also quote what it deletes. */
export const finePlain: readonly string[] = [
  "[]",
  '["x"]',
  '[2147483647,{"d":2147483647}]',
  '["x",{"d":1},"y"]',
  '["x",{"d":"old"}]',
  '[3,{"d":5},"👻"]',
  '["\\u007f\\u0085\\ufeff"]',
];
