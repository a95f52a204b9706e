// `docs/limits.md` as text, from `limits.ts` and from the bounds that stand beside the code they bound. `npm run limits`
// writes it; a test compares.

import { opBounds } from "../ot/check.js";
import { helloBounds } from "../protocol/decode.js";
import { faults } from "../protocol/index.js";
import { MAX_DEPTH, MAX_KEY_LENGTH, MAX_KEYS } from "../protocol/shape.js";
import { MAX_URL_LENGTH } from "../protocol/values.js";
import { MAX_EDITS } from "./documents/edits/index.js";
import { MAX_HTML_DEPTH, MAX_HTML_ELEMENTS, MAX_HTML_TEXTS } from "./formats/html.js";
import { MAX_FORMED } from "./formats/index.js";
import { MAX_CHARACTERS } from "./ledger/documents.js";
import { MAX_GROWTH } from "./ledger/growth.js";
import { effects, type Limit, sections, type Unit } from "./limits.js";

/** Bounds of what a message may hold: no option changes them, because clients and stores count on them. */
const fixed: readonly (readonly [what: string, value: number, beyond: Limit["beyond"], why: string])[] = [
  [
    "depth of an op or a snapshot",
    MAX_DEPTH,
    "op_too_complex",
    "Real ones need five levels. Measured without recursion.",
  ],
  [
    "characters of a rich document as JSON, with the attributes of each stretch",
    MAX_CHARACTERS,
    "document_too_large",
    "The longest text with every third word formatted is shorter. Much more than this cannot be written out and read again.",
  ],
  [
    "characters by which an op becomes longer past others, or as one with others",
    MAX_GROWTH,
    "op_too_large",
    "What is inserted is given what others give to all: a link for each of thousands of words.",
  ],
  ["keys of one object", MAX_KEYS, "op_too_complex", "Measured before anything looks at what they mean."],
  ["characters of a key", MAX_KEY_LENGTH, "op_too_complex", "Likewise."],
  ["characters of an attribute's key", opBounds.maxKeyLength, "op_malformed", "Names in a schema are words."],
  ["attributes that one retain changes", opBounds.maxChanges, "op_too_complex", "A schema has a dozen."],
  [
    "attributes of one atom",
    opBounds.maxAttributes,
    "op_too_complex",
    "Atoms gather them over time, and undoing their deletion inserts them all.",
  ],
  [
    "characters of an attribute's value",
    opBounds.maxValueLength,
    "op_too_complex",
    "The longest address that browsers open reliably, twice.",
  ],
  ["depth of an embed", opBounds.maxEmbedDepth, "op_too_complex", "As of an op."],
  [
    "keys of an embed",
    opBounds.maxEmbedKeys,
    "op_too_complex",
    "A table's cells; more belongs into documents of their own.",
  ],
  [
    "a length or a skip in an op",
    opBounds.maxNumber,
    "op_malformed",
    "A hundred times the longest document; nothing loops over it.",
  ],
  ["characters of a link or an image's source", MAX_URL_LENGTH, "bad_url", "As of any value."],
  [
    "characters of a document's name",
    128,
    "bad_name",
    "Letters, digits, `_` and `-`: safe in paths, rooms and file names.",
  ],
  [
    "characters of a token",
    helloBounds.token,
    "message_malformed",
    "One with a few dozen claims under a 4096-bit key is 2 KiB.",
  ],
  [
    "characters of a document that is read or written as Markdown or HTML",
    MAX_FORMED,
    "document_too_large",
    "A second of a processor, two of one that is busy, on a thread of its own. As text or JSON it may be longer.",
  ],
  [
    "depth of HTML",
    MAX_HTML_DEPTH,
    "op_too_complex",
    "The deepest pages of mail programs have about a hundred.",
  ],
  ["elements of HTML", MAX_HTML_ELEMENTS, "op_too_complex", "A long article has a few thousand."],
  [
    "pieces of text in HTML",
    MAX_HTML_TEXTS,
    "op_too_complex",
    "One for each stretch between tags, and for each character reference in it.",
  ],
  [
    "edits at places in one request",
    MAX_EDITS,
    "op_too_complex",
    "Each looks through the document, in steps between which others go first; the rest is another request.",
  ],
  ["characters of a display name in a hello", helloBounds.name, "message_malformed", "64 of them are shown."],
  ["characters of a client id's ticket", helloBounds.ticket, "message_malformed", "Ours are 43."],
];

const KiB = 1024;

/** A number as people read it: 512 KiB, 10 s, 20,000. */
export function shown(value: number, unit: Unit): string {
  const grouped = (number: number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  if (unit === "bytes" && value % KiB ** 2 === 0) return `${grouped(value / KiB ** 2)} MiB`;
  if (unit === "bytes" && value % KiB === 0) return `${grouped(value / KiB)} KiB`;
  if (unit === "ms" && value >= 1000 && value % 1000 === 0) return `${grouped(value / 1000)} s`;
  return unit === "" ? grouped(value) : `${grouped(value)} ${unit}`;
}

function beyondIt(beyond: Limit["beyond"]): string {
  if (beyond in effects) return effects[beyond as keyof typeof effects];
  return `\`${beyond}\` (${faults[beyond as keyof typeof faults]})`;
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

export function limitsPage(): string {
  const parts = Object.entries(sections).map(([title, limits]) => {
    const rows = Object.entries<Limit>(limits).map(([name, { value, unit, beyond, why }]) => [
      `\`${name}\``,
      shown(value, unit),
      beyondIt(beyond),
      why,
    ]);
    return `## ${title}\n\n${table(["limit", "value", "beyond it", "why"], rows)}`;
  });
  const rows = fixed.map(([what, value, beyond, why]) => [what, shown(value, ""), beyondIt(beyond), why]);
  return [
    "# Limits",
    "<!-- Printed from server/limits.ts by `npm run limits`; a test compares. Not written by hand. -->",
    INTRODUCTION,
    ...parts,
    `## What a message may hold\n\n${table(["bound", "value", "beyond it", "why"], rows)}`,
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const INTRODUCTION = `Every number that bounds a stranger, with its reason. \`createServer({ limits: { … } })\` changes those that have a name;
the last table is the same everywhere. What a fault means and what a client does about it is in
[PROTOCOL.md](../protocol/PROTOCOL.md#faults).

A rate is so many a second on average and a burst at once. \`rate_limited\` says whose limit it was in \`details.scope\`
(\`connection\`, \`user\`, \`document\`, \`address\`) and when to come back in \`retryAfterMs\`; honest clients do, and lose nothing by it.
An address is the socket's, or what a trusted proxy says of it (\`--trust-proxy\`); IPv6 addresses count by /64.
What a program does in the server's own process (\`server.documents\`) is counted to nobody, also what it has made anew: it is the operator's own
code, and no rate holds it back.`;
