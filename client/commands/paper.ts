// What a command's answer is written on: standard output, in colours if somebody looks at it in a terminal.
//
// Documents are strangers' text. What is shown to people cannot move the cursor, set titles or hide: control characters
// are shown as signs. What goes to a file or a program is written as it is.

import { exitCodes } from "../../server/startup.js";

/** Colours are told apart by name here, and by number only where they are written. */
const codes = { green: 32, red: 31, yellow: 33, blue: 34, magenta: 35, cyan: 36, dim: 2, bold: 1 } as const;
export type Ink = keyof typeof codes;

const ESC = "\x1b";
const inks: readonly Ink[] = ["cyan", "magenta", "green", "yellow", "blue", "red"];

export interface Paper {
  /** Whether a person looks at it. */
  readonly terminal: boolean;
  /** Whether it has colours: on a terminal that is not dumb, unless NO_COLOR says no. */
  readonly coloured: boolean;
  /** Words in a colour, if it has any. They must have been {@link shown}. */
  ink(ink: Ink, words: string): string;
  /** An author's own colour, from the palette's. */
  inkOf(color: number): Ink;
  line(words?: string): void;
  /** Exactly that, without a line end. */
  raw(text: string): void;
  json(value: unknown): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: "error", listener: (error: { readonly code?: string }) => void): unknown;
}

export function paper(output: Output, env: NodeJS.ProcessEnv = process.env): Paper {
  const terminal = output.isTTY === true;
  const coloured = terminal && !env.NO_COLOR && env.TERM !== "dumb";
  // Whoever reads may have had enough, as `head` has.
  output.on("error", (error) =>
    process.exit(error.code === "EPIPE" ? exitCodes.stopped : exitCodes.unexpected),
  );
  return {
    terminal,
    coloured,
    ink: (ink, words) => (coloured && words !== "" ? `${ESC}[${codes[ink]}m${words}${ESC}[0m` : words),
    inkOf: (color) => inks[color % inks.length]!,
    line: (words = "") => void output.write(`${words}\n`),
    raw: (text) => void output.write(text),
    json: (value) => void output.write(`${JSON.stringify(value)}\n`),
  };
}

/** Text as a terminal may be given it; line feeds and tabs stay. */
export const shown = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (char) => {
    const code = char.charCodeAt(0);
    // The signs that Unicode has for control characters.
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });

/** A time as people write it, in this machine's zone. */
export function timeOf(ms: number): string {
  const time = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Rows with their columns one under the other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + " ".repeat(widths[at]! - widthOf(cell))))
      .join("  ")
      .trimEnd(),
  );
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const inkCode = new RegExp(`${ESC}\\[\\d+m`, "g");
/** How many characters somebody sees; colours take no room. */
const widthOf = (cell: string) => [...graphemes.segment(cell.replace(inkCode, ""))].length;
