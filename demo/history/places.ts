// The line above the document: what is on show, in words, and ways to the places in it at which something happened.

import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

export interface Places {
  readonly element: HTMLElement;
  /** Says what is on show; it is read out. */
  say(words: string): void;
  /** So many places there are now; none of them has been gone to. */
  count(places: number): void;
}

/** @param goTo  shows a place, counted from 0 */
export function places(goTo: (place: number) => void): Places {
  const said = h("p", { class: "history-said", role: "status" });
  const where = h("span", { class: "places-where", role: "status" });
  let [number, at] = [0, -1];

  const button = (label: string, sign: "up" | "down", by: number) =>
    h(
      "button",
      {
        ...{ type: "button", class: "quiet", "aria-label": label, title: label },
        onclick: () => {
          at = at < 0 && by < 0 ? number - 1 : (at + by + number) % number;
          goTo(at);
          update();
        },
      },
      icon(sign),
    );
  const ways = h("span", { class: "places", role: "group", "aria-label": "Changes" }, where);
  ways.append(button("Previous change", "up", -1), button("Next change", "down", 1));

  function update(): void {
    ways.hidden = number === 0;
    where.textContent = at < 0 ? "" : `${(at + 1).toLocaleString()} of ${number.toLocaleString()}`;
  }
  update();
  return {
    element: h("div", { class: "history-line" }, said, ways),
    say(words) {
      said.textContent = words;
    },
    count(places) {
      [number, at] = [places, -1];
      update();
    },
  };
}
