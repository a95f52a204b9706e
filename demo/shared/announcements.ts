// What the server's operator tells everybody: a strip above the document, which screen readers read when they have time for
// it, and which can be put away. It goes by itself when it ends or is taken back.

import type { Client } from "../../client/index.js";
import { h } from "./dom.js";

/** A timer of more than 24 days would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function showAnnouncements(connection: Pick<Client, "on">, parent: HTMLElement): void {
  // It is there before there is anything to say, or it would not be read out.
  const region = h("div", { class: "announcements", role: "status", "aria-live": "polite" });
  parent.prepend(region);
  const shown = new Map<string, () => void>();
  /** They are told again with every connection. */
  const putAway = new Set<string>();

  connection.on("announcement", ({ id, text, endsInMs }) => {
    shown.get(id)?.();
    if (text === null || putAway.has(id)) return;
    const dismiss = h(
      "button",
      { type: "button", class: "quiet", "aria-label": "Put this announcement away" },
      "✕",
    );
    const strip = h("div", { class: "announcement" }, h("p", {}, text), dismiss);
    const timer =
      endsInMs === undefined || endsInMs > LONGEST_TIMER_MS ? undefined : setTimeout(() => hide(), endsInMs);
    const hide = () => {
      clearTimeout(timer);
      strip.remove();
      shown.delete(id);
    };
    dismiss.addEventListener("click", () => {
      putAway.add(id);
      hide();
    });
    shown.set(id, hide);
    region.append(strip);
  });
}
