// How long ago something was, in the words of the reader's language.

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "5 minutes ago", "yesterday"; a date when it was more than two weeks ago. Both times in ms since the Unix epoch. */
export function timeAgo(time: number, now: number, language?: string): string {
  const ago = Math.max(0, now - time);
  if (ago > 14 * 86_400_000) return new Date(time).toLocaleDateString(language, { dateStyle: "medium" });
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, length] of steps)
    if (ago >= length) return format.format(-Math.floor(ago / length), unit);
  return format.format(0, "second");
}
