// How the toolbar's controls stand beside each other. On a narrow page those wanted most often come first, and where not all
// fit, the last in view is cut in its middle, so that one sees that there are more.

import { h } from "../shared/dom.js";

const NARROW = "(max-width: 40rem)";
/** How much of the right end fades out, in CSS pixels: a control is half seen in the middle of it. */
const FADE_PX = 35;

/**
 * Fills `place` with `first` and then the groups, each behind a line.
 *
 * @param groups  asked again when the page becomes narrow or wide
 * @returns what ends it
 */
export function layOut(
  place: HTMLElement,
  first: readonly HTMLElement[],
  groups: (isNarrow: boolean) => readonly (readonly HTMLElement[])[],
): () => void {
  const narrow = matchMedia(NARROW);
  const cut = () => cutInTheMiddle(place);
  const arrange = () => {
    const separated = groups(narrow.matches).flatMap((group) => [h("span", { class: "gap" }), ...group]);
    place.replaceChildren(...first, ...separated);
    cut();
  };
  arrange();
  narrow.addEventListener("change", arrange);
  const resized = new ResizeObserver(cut);
  resized.observe(place);
  return () => {
    narrow.removeEventListener("change", arrange);
    resized.disconnect();
  };
}

/** Moves the controls apart by as much as it takes. */
function cutInTheMiddle(place: HTMLElement): void {
  place.style.columnGap = "";
  if (place.scrollWidth <= place.clientWidth) return;
  const left = place.getBoundingClientRect().left - place.scrollLeft;
  const edge = place.clientWidth - FADE_PX / 2;
  const shown = [...place.children]
    .map((child) => child.getBoundingClientRect())
    .filter(({ width }) => width > 0);
  const middles = shown.map((box) => box.left - left + box.width / 2);
  const at = middles.filter((middle) => middle <= edge).length - 1;
  if (at < 1) return;
  // A line between groups says nothing.
  const last = shown[at]!.width < FADE_PX / 2 ? at - 1 : at;
  if (last < 1) return;
  const gap = Number.parseFloat(getComputedStyle(place).columnGap) || 0;
  place.style.columnGap = `${gap + (edge - middles[last]!) / last}px`;
}
