// Moments as the timeline says them: gathered by the days of the reader's own calendar, with names for the nearest ones.
// Pure: what the time is, and where, is given.

/** In which language and time zone; the browser's own, if they are absent. */
export interface Locale {
  readonly language?: string;
  readonly timeZone?: string;
}

export interface Day<T> {
  /** "Today", "Yesterday", "Monday 23 November". */
  readonly label: string;
  readonly entries: readonly T[];
}

const made = new Map<string, Intl.DateTimeFormat>();

/** Formats are made once: making one costs more than a hundred uses, and a history has thousands of times. */
function formatIn({ language, timeZone }: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([language, timeZone, options]);
  const format =
    made.get(key) ??
    new Intl.DateTimeFormat(language, { ...(timeZone === undefined ? {} : { timeZone }), ...options });
  made.set(key, format);
  return format;
}

const relative = new Map<string | undefined, Intl.RelativeTimeFormat>();

function relativeIn({ language }: Locale): Intl.RelativeTimeFormat {
  const format = relative.get(language) ?? new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  relative.set(language, format);
  return format;
}

/** A name for a day, the same for all its moments. */
function dayOf(time: number, locale: Locale): string {
  const parts = formatIn(
    { ...locale, language: "en-GB" },
    { year: "numeric", month: "2-digit", day: "2-digit" },
  ).formatToParts(time);
  const part = (type: string) => parts.find((each) => each.type === type)?.value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Gathers entries that come in order of time into days. All times in ms since the Unix epoch. */
export function byDay<T>(
  entries: readonly T[],
  timeOf: (entry: T) => number,
  now: number,
  locale: Locale = {},
): Day<T>[] {
  const days: { day: string; label: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(timeOf(entry), locale);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, label: dayWords(timeOf(entry), now, locale), entries: [entry] });
  }
  return days;
}

/** The day of a moment in words. The year is said where it is another one. */
export function dayWords(time: number, now: number, locale: Locale = {}): string {
  const [day, today] = [dayOf(time, locale), dayOf(now, locale)];
  const apart = Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000);
  if (apart === 0 || apart === -1) {
    const words = relativeIn(locale).format(apart, "day");
    return words.charAt(0).toLocaleUpperCase(locale.language) + words.slice(1);
  }
  return formatIn(locale, {
    ...{ weekday: "long", day: "numeric", month: "long" },
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
  }).format(time);
}

/** The time of day: "14:03". */
export function clockWords(time: number, locale: Locale = {}): string {
  return formatIn(locale, { hour: "numeric", minute: "2-digit" }).format(time);
}

/** Day and time of day, the day in the middle of a sentence: "today, 14:03". */
export function momentWords(time: number, now: number, locale: Locale = {}): string {
  const day = dayWords(time, now, locale);
  const near = /^\p{L}+$/u.test(day);
  return `${near ? day.toLocaleLowerCase(locale.language) : day}, ${clockWords(time, locale)}`;
}

/** Under which clock the time of day is told: "CEST", or "CET" when the clocks have been put back. */
function zoneWords(time: number, locale: Locale): string {
  const parts = formatIn(locale, { timeZoneName: "short" }).formatToParts(time);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/**
 * From when to when, under the day of the end: "14:03 – 14:20", or one time if they are the same minute; "26 Nov, 23:50 – 00:20" if
 * it began on a day before, "02:30 CEST – 02:10 CET" if the clocks changed meanwhile.
 */
export function spanWords(from: number, to: number, locale: Locale = {}): string {
  const zones = [from, to].map((time) => zoneWords(time, locale));
  const changed = zones[0] !== zones[1];
  const [begin, end] = [from, to].map((time, at) =>
    changed ? `${clockWords(time, locale)} ${zones[at]}` : clockWords(time, locale),
  );
  if (dayOf(from, locale) !== dayOf(to, locale)) {
    const day = formatIn(locale, { day: "numeric", month: "short" }).format(from);
    return `${day}, ${begin} – ${end}`;
  }
  return begin === end ? begin! : `${begin} – ${end}`;
}
