// A trace on the page: what was found, a slider over its steps, and for the step that is chosen each client with its document,
// its op in flight and what is pending, and the server's log.

import type { Trace } from "../../test/fuzz/trace.js";
import { h } from "../shared/dom.js";
import { type Moment, momentOf, type Parted, parted, shownText } from "./moments.js";

/** Ops of the log that are shown, the newest ones. */
const LOGGED = 200;

/** Shows a trace in a place, in which nothing else is. */
export function showTrace(place: HTMLElement, trace: Trace): void {
  const { header, steps } = trace;
  const said = h("p", { role: "status", class: "inspector-step" });
  const now = h("div", { class: "inspector-now" });
  const slider = h("input", { type: "range", min: "0", max: String(steps.length), "aria-label": "Step" });

  function show(after: number): void {
    const step = steps[after - 1];
    slider.setAttribute("aria-valuetext", `step ${after} of ${steps.length}`);
    const what = step === undefined ? "before the first step" : `${step.who}: ${JSON.stringify(step)}`;
    said.textContent = `Step ${after} of ${steps.length} · ${what}`;
    now.replaceChildren(...momentElements(trace, momentOf(trace, after)));
  }
  const go = (by: number) => {
    const to = Math.max(0, Math.min(steps.length, Number(slider.value) + by));
    slider.valueAsNumber = to;
    show(to);
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  const button = (label: string, sign: string, by: number) =>
    h("button", { type: "button", "aria-label": label, title: label, onclick: () => go(by) }, sign);

  place.replaceChildren(
    h(
      "section",
      { "aria-label": "What was found" },
      h("h2", {}, `Seed ${header.seed}, round ${header.round} · ${header.type} · ${header.clients} clients`),
      h(
        "ul",
        { class: "inspector-found" },
        ...header.found.map(({ kind, message, after }) =>
          h("li", {}, h("strong", {}, kind), ` after step ${after}: ${message}`),
        ),
      ),
    ),
    h(
      "div",
      { class: "player", role: "group", "aria-label": "Steps" },
      button("One step back", "‹", -1),
      button("One step on", "›", 1),
      slider,
    ),
    said,
    now,
  );
  go(header.found[0]?.after ?? steps.length);
}

function momentElements(trace: Trace, { clients, log, version }: Moment): HTMLElement[] {
  const known = clients.filter((frame) => frame !== undefined);
  const texts = known.map(({ document }) => shownText(trace.header.type, document));
  const parts = parted(texts);
  const agree = parts.every(({ own }) => own === "");
  const cards = known.map((frame, index) => {
    const { name, status, version: at, unsaved, inflight, pending } = frame;
    return h(
      "section",
      { class: "inspector-client", "aria-label": name },
      h("h3", {}, `${name} · ${status} · version ${at} · ${unsaved} unsaved`),
      partedElement(parts[index]!, agree),
      h("h4", {}, "In flight"),
      code(inflight === undefined ? "nothing" : inflight),
      h("h4", {}, "Pending"),
      code(pending.length === 0 ? "nothing" : pending),
    );
  });
  const newest = log.slice(-LOGGED).reverse();
  return [
    h("div", { class: "inspector-clients" }, ...cards),
    h(
      "section",
      { "aria-label": "Log of the server" },
      h("h3", {}, `Committed, as far as clients knew: ${version} versions`),
      h(
        "ol",
        { class: "inspector-log" },
        ...newest.map(({ version: made, author, src, seq, op }) =>
          h("li", {}, `${made} · ${author} · ${src} ${seq} `, code(op)),
        ),
      ),
    ),
  ];
}

/** A copy, with what differs from the others marked; where it has nothing of what differs, a sign stands for that. */
function partedElement({ same, own, rest }: Parted, agree: boolean): HTMLElement {
  return h(
    "pre",
    { dir: "auto", tabindex: "0", "aria-label": "Document" },
    same,
    !agree && h("mark", { title: "Where the copies differ" }, own === "" ? "‸" : own),
    rest,
  );
}

const code = (value: unknown): HTMLElement =>
  h("code", {}, typeof value === "string" ? value : JSON.stringify(value));
