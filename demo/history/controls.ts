// The bar under the document: play and pause, one version back and on, a slider over all of them, how fast.
// Every control is one of the browser's own, with its keys: Space, arrows, Home and End on the slider.

import type { Version } from "../../protocol/index.js";
import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { type Player, SPEEDS, type Speed } from "./player.js";

export interface Controls {
  readonly element: HTMLElement;
  /** Shows where the player is, between the first version and the newest. @param words  what its version is called */
  update(between: { readonly first: Version; readonly head: Version }, words: string): void;
}

const labels: Record<Speed, string> = { slow: "Slow", normal: "Normal", fast: "Fast" };

export function controls(player: Player): Controls {
  const button = (label: string, sign: "play" | "back" | "on", onclick: () => void) =>
    h("button", { type: "button", class: "quiet", "aria-label": label, title: label, onclick }, icon(sign));
  const play = button("Play", "play", () => (player.playing ? player.pause() : player.play()));
  const back = button("One version back", "back", () => player.step(-1));
  const on = button("One version on", "on", () => player.step(1));
  const slider = h("input", { type: "range", "aria-label": "Version", class: "player-slider" });
  slider.addEventListener("input", () => player.seek(Number(slider.value)));
  const speed = h(
    "select",
    { "aria-label": "Speed" },
    ...Object.keys(SPEEDS).map((name) =>
      h("option", { value: name, selected: name === player.speed }, labels[name as Speed]),
    ),
  );
  speed.addEventListener("change", () => {
    player.speed = speed.value as Speed;
  });
  const element = h("div", { class: "player", role: "group", "aria-label": "Play back" });
  element.append(back, play, on, slider, speed);
  let showsPause = false;
  return {
    element,
    update({ first, head }, words) {
      const { playing, version } = player;
      if (playing !== showsPause) {
        showsPause = playing;
        const label = playing ? "Pause" : "Play";
        play.replaceChildren(icon(playing ? "pause" : "play"));
        play.setAttribute("aria-label", label);
        play.title = label;
      }
      // What has the focus is not disabled: the focus would be lost.
      setDisabled(play, first >= head);
      setDisabled(back, version <= first);
      setDisabled(on, version >= head);
      slider.disabled = first >= head;
      slider.min = String(first);
      slider.max = String(Math.max(first, head));
      slider.value = String(version);
      slider.setAttribute("aria-valuetext", words);
    },
  };
}

/** As `disabled`, but a button that is pressed over and over keeps the focus at the end. */
function setDisabled(button: HTMLButtonElement, disabled: boolean): void {
  button.setAttribute("aria-disabled", String(disabled));
}
