// What somebody writes without a longer pause is one thing to whoever asks later, though it came in many ops.

/** The pause that ends a sitting, as in the list of the history. */
const PAUSE_MS = 5 * 60_000;

/** Whether something was written so shortly before or after what was written from `began` to `time` (ms since 1970). */
export const inOneSitting = (
  { began, time }: { readonly began: number; readonly time: number },
  at: number,
): boolean => at > began - PAUSE_MS && at < time + PAUSE_MS;
