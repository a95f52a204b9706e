// Honest messages, mangled where it hurts: a message is a tree of JSON as it is written, so that what no JSON writer
// writes (numbers beyond numbers, keys twice, half characters) can stand in it. Each mangling is a few whole numbers, so
// that fast-check can draw it, name it by a seed and make it smaller.

import fc from "fast-check";
import { events, hellos, requests } from "../corpus/server/honest.js";
import { keys, nested, nestedObjects } from "../corpus/server/vector.js";
import { frame } from "./raw-socket.js";

/** JSON as text; a list; or pairs, whose keys are JSON as text too. */
type Tree = string | Tree[] | { pairs: [string, Tree][] };

function treeOf(json: unknown): Tree {
  if (Array.isArray(json)) return json.map(treeOf);
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  return { pairs: Object.entries(json).map(([key, value]) => [JSON.stringify(key), treeOf(value)]) };
}

function textOf(tree: Tree): string {
  if (typeof tree === "string") return tree;
  if (Array.isArray(tree)) return `[${tree.map(textOf).join(",")}]`;
  return `{${tree.pairs.map(([key, value]) => `${key}:${textOf(value)}`).join(",")}}`;
}

const nasty: readonly string[] = [
  ..."null true false 0 -0 1 -1 2 0.5 1e-7 1e21 1e300 1e999 -1e999 2147483647 2147483648 4294967296".split(
    " ",
  ),
  ..."9007199254740991 9007199254740993 [] {} [[]] [null] [{}] [[[]]] [0] [1] [-1]".split(" "),
  ...[
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u001b[2J"',
    '"\\r\\n"',
    '"\\u202e"',
    '"\\u2028"',
    '"\\ufeff"',
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"__proto__.x"',
    '"../../etc/passwd"',
    '"<script>"',
    '"javascript:alert(1)"',
  ],
  ...[
    '"a"',
    '"plain"',
    '"rich"',
    '"honest"',
    '"\\n"',
    '"👻"',
    '"e\\u0301"',
    '"1"',
    '"NaN"',
    '"data:text/html,x"',
  ],
  ...[
    '{"__proto__":1}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toJSON":1}',
    '{"length":1e9}',
  ],
  ...[
    '{"_placeholder":true,"num":0}',
    '{"then":1}',
    '{"d":1}',
    '{"d":1e9}',
    '{"d":"a"}',
    '{"r":1,"a":{"b":1}}',
    '{"i":""}',
  ],
  ...[
    '{"i":"a","a":{"l":"javascript:x"}}',
    '{"i":{"image":{"src":"//x"}}}',
    '{"i":{"hr":1,"blk":false}}',
    '{"r":1,"b":{"t":null}}',
  ],
  nested(15),
  nested(17),
  nested(2000, ""),
  nestedObjects(17),
  nestedObjects(2000),
  keys(40),
  keys(1001),
  `"${"x".repeat(5000)}"`,
  `[${Array(300).fill('1,"a"').join(",")}]`,
  `[${Array(12_000).fill("1").join(",")}]`,
];

const bases = events.map(
  (text) => JSON.parse(text.replaceAll("$V", '"$V"').replaceAll("$S", '"$S"')) as unknown,
);

/** What is done to a tree: where, what, and with what. */
interface Step {
  readonly at: number;
  readonly how: number;
  readonly what: number;
}

/** A place in a tree: what stands there, and how to put something else there, or nothing. */
interface Place {
  readonly tree: Tree;
  put(...trees: Tree[]): void;
}

function places(root: Tree, put: Place["put"]): Place[] {
  const found: Place[] = [{ tree: root, put }];
  if (Array.isArray(root)) {
    for (const [at, tree] of root.entries()) {
      found.push(...places(tree, (...trees) => void root.splice(at, 1, ...trees)));
    }
  } else if (typeof root !== "string") {
    for (const [at, [key, tree]] of root.pairs.entries()) {
      found.push(
        ...places(
          tree,
          (...trees) => void root.pairs.splice(at, 1, ...trees.map((each): [string, Tree] => [key, each])),
        ),
      );
    }
  }
  return found;
}

const copy = (tree: Tree): Tree => structuredClone(tree);

/** How a place is mangled. */
const manglings: readonly ((place: Place, what: number) => void)[] = [
  ({ put }, what) => put(nasty[what % nasty.length]!),
  ({ put }, what) => put(nasty[what % nasty.length]!),
  ({ put }) => put(),
  ({ tree, put }) => put(tree, copy(tree)),
  ({ tree, put }) => put([tree]),
  ({ tree, put }) => put({ pairs: [['"a"', tree]] }),
  ({ tree, put }, what) => put(tree, nasty[what % nasty.length]!),
  ({ tree, put }, what) => {
    if (typeof tree === "string")
      put(tree.replace(/^"/, `"${["\\ud800", "\\u0000", "\\t", " ", "\\u200b", "👻"][what % 6]}`));
    else if (Array.isArray(tree)) tree.splice(what % (tree.length + 1), 0, nasty[what % nasty.length]!);
    else
      tree.pairs.push([
        `"${["__proto__", "x", "doc", "src", "constructor", "d", "blk"][what % 7]}"`,
        nasty[(what >> 3) % nasty.length]!,
      ]);
  },
  ({ tree, put }, what) => {
    if (typeof tree === "string")
      put(Number.isFinite(Number(tree)) ? String(Number(tree) + ((what % 9) - 4)) : `"${what}"`);
    else if (Array.isArray(tree)) tree.reverse();
    else tree.pairs.reverse();
  },
  ({ put }, what) => {
    // A part of another honest message.
    const other = places(treeOf(bases[what % bases.length]), () => {});
    put(copy(other[(what >> 5) % other.length]!.tree));
  },
];

function mangle(json: unknown, steps: readonly Step[]): string {
  let root = treeOf(json);
  for (const { at, how, what } of steps) {
    const all = places(root, (...trees) => {
      root = trees[0] ?? "null";
    });
    // Mostly inside: a whole message that is no message ends its connection, and tells little.
    const from = all.length > 2 && at % 20 > 0 ? 2 : 0;
    manglings[how % manglings.length]!(all[from + (at % (all.length - from))]!, what);
  }
  return textOf(root);
}

/** Text with some of its characters changed, taken out or doubled. */
function scratch(text: string, steps: readonly Step[]): string {
  let left = text;
  for (const { at, how, what } of steps) {
    const place = left.length === 0 ? 0 : at % left.length;
    const end = place + ((how >> 2) % 8);
    const put = [
      String.fromCharCode(what % 256),
      "",
      left.slice(place, end).repeat(2 + (what % 50)),
      ["\r\n", "\0", ": ", "[", "{", '"', "99999999999", "%00", "_placeholder", "\u2028"][what % 10]!,
    ][how % 4]!;
    left = left.slice(0, place) + put + left.slice(end);
  }
  return left;
}

/** Something hostile, and how it is brought to the server. */
export type Item =
  /** An event with an acknowledgement, on a connection that stays. */
  | { readonly kind: "request"; readonly text: string }
  /** One without. */
  | { readonly kind: "notice"; readonly text: string }
  /** Bytes on a WebSocket of its own, after the hello. */
  | { readonly kind: "frame"; readonly base64: string }
  /** A connection's first packet. */
  | { readonly kind: "hello"; readonly text: string }
  /** Bytes on a TCP connection of its own. */
  | { readonly kind: "http"; readonly base64: string };

/** Every number as often as any other: fast-check would draw small ones more often, and most would mangle one place. */
const even = (most: number) => fc.noBias(fc.nat(most));
const step: fc.Arbitrary<Step> = fc.record({ at: even(400), how: even(399), what: even(2 ** 12) });
const steps = fc.noBias(fc.array(step, { minLength: 1, maxLength: 4 }));
const base64 = (bytes: Buffer | string) => Buffer.from(bytes as string, "latin1").toString("base64");

const unquoted = (text: string) => text.replaceAll('"$V"', "$V").replaceAll('"$S"', "$S");
const event = fc
  .tuple(even(bases.length - 1), steps)
  .map(([at, taken]) => unquoted(mangle(bases[at], taken)));

const brokenFrame = fc
  .record({
    at: even(bases.length - 1),
    steps,
    first: even(255),
    scratched: even(3),
    cut: even(1000),
  })
  .map(({ at, steps, first, scratched, cut }) => {
    const text = `42${unquoted(JSON.stringify(bases[at]))}`;
    const bytes = frame(scratched === 0 ? text : scratch(text, steps), scratched === 1 ? first : 0x81);
    const whole = scratched === 2 ? Buffer.from(scratch(bytes.toString("latin1"), steps), "latin1") : bytes;
    return {
      kind: "frame" as const,
      base64: whole
        .subarray(0, Math.max(1, Math.floor((whole.length * (cut + 1)) / 1001)))
        .toString("base64"),
    };
  });

const brokenHello = fc.tuple(even(hellos.length - 1), steps, fc.boolean()).map(([at, taken, scratched]) => ({
  kind: "hello" as const,
  text: scratched ? scratch(`40${hellos[at]}`, taken) : `40${mangle(JSON.parse(hellos[at]!), taken)}`,
}));

const brokenRequest = fc
  .tuple(
    even(requests.length - 1),
    fc.array(fc.record({ at: even(400), how: even(40), what: even(4096) }), { maxLength: 4 }),
  )
  .map(([at, taken]) => ({ kind: "http" as const, base64: base64(scratch(requests[at]!, taken)) }));

/** One hostile thing. */
export const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 80, arbitrary: event.map((text) => ({ kind: "request" as const, text })) },
  { weight: 14, arbitrary: event.map((text) => ({ kind: "notice" as const, text })) },
  { weight: 2, arbitrary: brokenFrame },
  { weight: 2, arbitrary: brokenHello },
  { weight: 2, arbitrary: brokenRequest },
);
