// A trace on the page: what was found, a slider over its steps, and for the step that is chosen each client with its document,
// its op in flight and what is pending, and the server's log.

import type { Step } from "../../test/fuzz/steps.js";
import type { Trace } from "../../test/fuzz/trace.js";
import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { type Moment, momentOf, type Parted, parted, shownText } from "./moments.js";

/** Ops of the log that are shown, the newest ones. */
const LOGGED = 200;

/** Shows a trace in a place, in which nothing else is. @throws Error, TypeError or OtError where it is no whole one */
export function showTrace(place: HTMLElement, trace: Trace): void {
  const { header, steps, frames } = trace;
  const names = new Map(frames.map(({ client, name }) => [client, name]));
  const said = h("p", { role: "status", class: "inspector-step" });
  const now = h("div", { class: "inspector-now" });
  const slider = h("input", {
    ...{ type: "range", min: "0", max: String(steps.length), "aria-label": "Step", class: "player-slider" },
  });

  function show(after: number): void {
    const to = Math.max(0, Math.min(steps.length, after));
    slider.value = String(to);
    slider.setAttribute("aria-valuetext", `step ${to} of ${steps.length}`);
    said.replaceChildren(`Step ${to} of ${steps.length} · `, ...stepWords(steps[to - 1]));
    now.replaceChildren(...momentElements(trace, momentOf(trace, to)));
  }
  const stepWords = (step: Step | undefined): (HTMLElement | string)[] => {
    if (step === undefined) return ["before the first one"];
    const { who, ...what } = step;
    // A restart is nobody's.
    const name = what.do === "restart" ? "the server" : (names.get(who) ?? `client ${who + 1}`);
    return [`${name} `, code(what)];
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  const button = (label: string, sign: "back" | "on", by: number) =>
    h(
      "button",
      {
        ...{ type: "button", class: "quiet", "aria-label": label, title: label },
        onclick: () => show(Number(slider.value) + by),
      },
      icon(sign),
    );
  const found = header.found.map(({ kind, message, after }) =>
    h(
      "li",
      {},
      h("strong", {}, kind.replaceAll("_", " ")),
      ` ${message} `,
      h("button", { type: "button", onclick: () => show(after) }, `After step ${after}`),
    ),
  );
  const player = h("div", { class: "player", role: "group", "aria-label": "Steps" });
  player.append(button("One step back", "back", -1), button("One step on", "on", 1), slider);
  // What cannot be shown is found out before anything is.
  show(header.found[0]?.after ?? steps.length);
  place.replaceChildren(
    h(
      "section",
      { "aria-label": "What was found" },
      h(
        "h2",
        {},
        `Seed ${header.seed}, round ${header.round} · ${header.type} · ${header.clients} clients`,
        header.virtual !== undefined && " · in virtual time",
      ),
      h("ul", { class: "inspector-found" }, ...found),
    ),
    h("div", { class: "inspector-steps" }, player, said),
    now,
  );
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
          h("li", {}, h("span", {}, `${made} · ${author} · ${src} ${seq}`), code(op)),
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
