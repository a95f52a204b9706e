// The page that shows a trace of a failed run: chosen, dropped, or named in the address by `?trace=`, on this server only.

import "../style/base.css";
import "../style/editing.css";
import "../style/history.css";
import "../style/inspector.css";
import { parseTrace } from "../../test/fuzz/trace.js";
import { byId, h } from "../shared/dom.js";
import { applyTheme } from "../shared/theme.js";
import { showTrace } from "./view.js";

applyTheme();
const notices = byId("notices", HTMLElement);
const place = byId("trace", HTMLElement);
const file = byId("file", HTMLInputElement);
/** What stands there as long as there is no trace. */
const invitation = [...place.childNodes];

function tell(words: string): void {
  notices.replaceChildren(h("div", { class: "notice fault", role: "alert" }, h("p", {}, words)));
}

async function open(text: () => Promise<string>): Promise<void> {
  notices.replaceChildren();
  place.replaceChildren();
  try {
    showTrace(place, parseTrace(await text()));
  } catch (error) {
    place.replaceChildren(...invitation);
    tell(whyWords(error));
  }
}

function whyWords(error: unknown): string {
  if (error instanceof SyntaxError) return "This file is no trace: it is no JSON.";
  // What is missing is found out only where it is used.
  if (error instanceof TypeError) return "This trace is not whole.";
  return error instanceof Error ? error.message : String(error);
}

file.addEventListener("change", () => {
  const chosen = file.files?.[0];
  // The same file may be chosen again, after another run has written it.
  file.value = "";
  if (chosen !== undefined) void open(() => chosen.text());
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const dropped = event.dataTransfer?.files[0];
  if (dropped !== undefined) void open(() => dropped.text());
});

const named = new URLSearchParams(location.search).get("trace");
if (named !== null) {
  const address = new URL(named, location.href);
  if (address.origin !== location.origin) tell("A trace is opened from this server only; or choose a file.");
  else
    void open(async () => {
      const response = await fetch(address).catch(() => undefined);
      if (response === undefined) throw new Error("The server cannot be reached.");
      if (!response.ok) throw new Error(`There is no trace at ${address.pathname}.`);
      return response.text();
    });
}
