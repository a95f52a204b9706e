// Lines of a file of any length, one at a time.

import { HistoryFileError } from "../storage/history-file.js";

/** Longer lines than this no store has written: a document's text and its attributes, with room to spare. */
export const LONGEST_LINE = 2 ** 28;

/**
 * The lines without their line feeds. The last one ends with a line feed too; a piece of a line is no line.
 *
 * @throws HistoryFileError if what comes is not UTF-8, or no lines
 */
export async function* linesOf(
  bytes: AsyncIterable<string | Uint8Array>,
  longest = LONGEST_LINE,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 1;
  /** The beginning of a line whose end has not come, in pieces, so that each is looked through once. */
  let begun: string[] = [];
  let length = 0;

  function* cut(text: string): Generator<string> {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      const line = begun.join("") + text.slice(from, end);
      [begun, length, from] = [[], 0, end + 1];
      yield line;
      number++;
    }
    begun.push(text.slice(from));
    length += text.length - from;
    if (length > longest) throw new HistoryFileError(number, "the line is too long.");
  }

  function decode(chunk?: string | Uint8Array): string {
    try {
      if (typeof chunk === "string") return chunk;
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new HistoryFileError(number, "this is no text in UTF-8.");
    }
  }

  for await (const chunk of bytes) yield* cut(decode(chunk));
  yield* cut(decode());
  if (length > 0) throw new HistoryFileError(number, "the line has no end.");
}
