// One Tab stop for a whole toolbar, as assistive technology expects of one: arrow keys, Home and End move within it, and Escape
// goes back to the text. The stop is the control that had the focus last; one that cannot be used is none.

const every = "button, select";
const usable = "button:not(:disabled), select:not(:disabled)";

function stopAt(place: HTMLElement, at: HTMLElement | null): void {
  for (const control of place.querySelectorAll<HTMLElement>(every))
    control.tabIndex = control === at ? 0 : -1;
}

/** A control that has become unusable is no Tab stop: the first that can be used is one in its place. */
export function keepStop(place: HTMLElement): void {
  if (place.querySelector(`:is(${usable})[tabindex="0"]`) === null)
    stopAt(place, place.querySelector(usable));
}

/**
 * Makes the controls in `place` one Tab stop.
 *
 * @param leave  what Escape does
 * @returns what ends it
 */
export function rove(place: HTMLElement, leave: () => void): () => void {
  const end = new AbortController();
  const { signal } = end;
  stopAt(place, place.querySelector(every));
  const focused = ({ target }: Event) => {
    stopAt(place, target as HTMLElement);
    // On a narrow screen the toolbar scrolls.
    (target as HTMLElement).scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      leave();
      return;
    }
    const all = [...place.querySelectorAll<HTMLElement>(usable)];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length]?.focus();
  };
  place.addEventListener("focusin", focused, { signal });
  place.addEventListener("keydown", pressed, { signal });
  // The plugin's view is made anew when the document arrives; its toolbar is the same element.
  return () => end.abort();
}
