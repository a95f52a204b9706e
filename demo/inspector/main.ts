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

function tell(words: string): void {
  notices.replaceChildren(h("div", { class: "notice fault", role: "alert" }, h("p", {}, words)));
}

async function open(text: () => Promise<string>): Promise<void> {
  notices.replaceChildren();
  try {
    showTrace(place, parseTrace(await text()));
  } catch (error) {
    tell(
      error instanceof SyntaxError ? "This file is no JSON." : error instanceof Error ? error.message : "",
    );
  }
}

file.addEventListener("change", () => {
  const chosen = file.files?.[0];
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
      const response = await fetch(address);
      if (!response.ok) throw new Error(`There is no trace at ${address.pathname}.`);
      return response.text();
    });
}
