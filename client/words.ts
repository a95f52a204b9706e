// What a page says of a text at a glance: how many words it has, and what it is called.

const words = new Intl.Segmenter(undefined, { granularity: "word" });
/** Longer texts are counted by spaces: a segmenter over megabytes would be felt. */
const SEGMENTED = 200_000;

export function countWords(text: string): number {
  if (text.length > SEGMENTED) return text.match(/\S+/g)?.length ?? 0;
  let count = 0;
  for (const { isWordLike } of words.segment(text)) if (isWordLike) count++;
  return count;
}

/** The first line that is not empty. */
export function titleOf(text: string): string {
  return /\S.*/.exec(text.slice(0, 5000))?.[0].trim().slice(0, 120) ?? "";
}
