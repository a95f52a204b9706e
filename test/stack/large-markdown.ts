// The largest Markdown document that can be written by script: a book of every kind of block there is, nested as deep
// as they go, with tables, code in several languages, emoji of many code points, and text that runs right to left.
//
// The same seed gives the same book. It is written as people write Markdown, not in the form that an export has.

import type { Random } from "../../protocol/index.js";
import { between, pick, random } from "./draws.js";

const words =
  "ocean letter window garden because nevertheless quiet paper history engine river seven blue always between written shared margin chapter morning the of and a to in it was is that on with as at by".split(
    " ",
  );
const hebrew = "שלום עולם כתיבה משותפת מסמך גדול ספר דף אור בוקר שבע מילים".split(" ");
const arabic = "مرحبا بالعالم كتابة مشتركة وثيقة كبيرة كتاب صفحة صباح".split(" ");
const chinese = ["你好世界", "共同编辑", "一份很长的文档", "从右到左", "标点，符号。"];
const emoji = ["👻", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇮🇱", "👍🏽", "e\u0301", "𝒳", "✈️", "🤦🏻‍♂️"];

/** Markdown of at least `bytes` bytes in UTF-8. */
export function largeMarkdown(seed: number, bytes: number): string {
  const draw = random(seed);
  const blocks: string[] = [];
  let size = 0;
  let chapter = 0;
  while (size < bytes) {
    const block = blocks.length % 40 === 0 ? `# Chapter ${++chapter}: ${sentence(draw)}` : anyBlock(draw, 3);
    blocks.push(block);
    size += Buffer.byteLength(block) + 2;
  }
  return `${blocks.join("\n\n")}\n`;
}

/** Any block; containers hold blocks of their own, `depth` deep at most. */
function anyBlock(draw: Random, depth: number): string {
  const kinds = depth === 0 ? leaves : [...leaves, ...containers];
  return pick(draw, kinds)(draw, depth);
}

type Block = (draw: Random, depth: number) => string;

const leaves: readonly Block[] = [
  paragraph,
  paragraph,
  paragraph,
  rightToLeft,
  (draw) => `${"#".repeat(between(draw, 2, 6))} ${sentence(draw)}`,
  code,
  table,
  () => "* * *",
  (draw) => `${paragraph(draw)}\\\n${paragraph(draw)}`,
  (draw) => `${sentence(draw)}\n${"-".repeat(between(draw, 3, 9))}`,
];
const containers: readonly Block[] = [bullets, numbers, tasks, quote, bullets, numbers];

function sentence(draw: Random): string {
  const some = Array.from({ length: between(draw, 3, 12) }, () => pick(draw, words)).join(" ");
  return some.charAt(0).toUpperCase() + some.slice(1);
}

function paragraph(draw: Random): string {
  return Array.from({ length: between(draw, 2, 9) }, () => span(draw)).join(" ");
}

function span(draw: Random): string {
  const text = sentence(draw);
  return pick(draw, [
    () => `${text}.`,
    () => `${text}, ${sentence(draw)}.`,
    () => `${text}: ${sentence(draw)}?`,
    () => `**${text}**`,
    () => `*${text}*`,
    () => `***${text}*** and ~~${sentence(draw)}~~`,
    () => `\`${pick(draw, words)}(${pick(draw, words)})\``,
    () => `[${text}](https://example.org/${pick(draw, words)}?page=${between(draw, 1, 999)})`,
    () => `![${text}](https://example.org/${pick(draw, words)}.png "${pick(draw, words)}")`,
    () => `${text} ${pick(draw, emoji)}${pick(draw, emoji)}`,
    () => `${pick(draw, chinese)}${pick(draw, chinese)}`,
    () => `${pick(draw, hebrew)} (${text}) ${pick(draw, hebrew)}`,
    () => `2 \\* 3 & 4 < 5, snake_case_${pick(draw, words)}, 100 %`,
    () => `<https://example.org/${pick(draw, words)}>`,
  ])();
}

function rightToLeft(draw: Random): string {
  const language = pick(draw, [hebrew, arabic]);
  const some = Array.from({ length: between(draw, 10, 40) }, () => pick(draw, language));
  some.splice(
    between(draw, 1, 9),
    0,
    `**${pick(draw, language)}**`,
    String(between(draw, 1, 9999)),
    pick(draw, words),
  );
  return `${some.join(" ")}.`;
}

function code(draw: Random): string {
  const lines = Array.from(
    { length: between(draw, 1, 12) },
    () =>
      `${"  ".repeat(between(draw, 0, 4))}const ${pick(draw, words)} = "${pick(draw, emoji)}*_<>#"; // ${sentence(draw)}`,
  );
  return `\`\`\`${pick(draw, ["ts", "python", "", "c++"])}\n${lines.join("\n")}\n\`\`\``;
}

function table(draw: Random): string {
  const columns = between(draw, 2, 6);
  const row = (cell: () => string) => `| ${Array.from({ length: columns }, cell).join(" | ")} |`;
  const rows = Array.from({ length: between(draw, 1, 10) }, () =>
    row(() => `${pick(draw, words)} ${pick(draw, emoji)}`),
  );
  return [row(() => pick(draw, words)), row(() => pick(draw, ["---", ":--", "--:", ":-:"])), ...rows].join(
    "\n",
  );
}

/** Lines after the first go under it. */
const under = (mark: string, text: string) =>
  mark + text.replace(/\n(?!\n|$)/g, `\n${" ".repeat(mark.length)}`);

function items(draw: Random, depth: number, mark: (item: number) => string): string {
  const list = Array.from({ length: between(draw, 2, 6) }, (_, item) => {
    const more = draw() < 0.3 ? `\n\n${anyBlock(draw, depth - 1)}` : "";
    return under(mark(item), `${span(draw)}${more}`);
  });
  return list.join(draw() < 0.7 ? "\n" : "\n\n");
}

function bullets(draw: Random, depth: number): string {
  const mark = pick(draw, ["- ", "* ", "+ "]);
  return items(draw, depth, () => mark);
}

function numbers(draw: Random, depth: number): string {
  const first = pick(draw, [1, 1, 1, 7, 2024]);
  return items(draw, depth, (item) => `${first + item}. `);
}

function tasks(draw: Random): string {
  const list = Array.from(
    { length: between(draw, 2, 6) },
    () => `- [${pick(draw, [" ", "x"])}] ${span(draw)}`,
  );
  return list.join("\n");
}

function quote(draw: Random, depth: number): string {
  const blocks = Array.from({ length: between(draw, 1, 3) }, () => anyBlock(draw, depth - 1));
  return blocks.join("\n\n").replace(/^/gm, "> ");
}
