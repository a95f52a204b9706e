// The moment in which a page is hidden or left, after which it may never run again. Editors hold back a word that is being
// composed for a while; in that moment they submit it.
//
// Whoever writes to the device in the same moment (`outbox/indexed.ts`) was on the page before the editors were: so these hear
// of it first, on its way down to the page.

/** @returns what ends the listening. Where there is no page, nothing is heard. */
export function whenLeaving(run: () => void): () => void {
  if (typeof window === "undefined") return () => {};
  const hidden = () => document.visibilityState === "hidden" && run();
  const first = { capture: true };
  window.addEventListener("pagehide", run, first);
  window.addEventListener("visibilitychange", hidden, first);
  return () => {
    window.removeEventListener("pagehide", run, first);
    window.removeEventListener("visibilitychange", hidden, first);
  };
}
