// The bar under the document: play and pause, one version back and on, a slider over all of them, how fast.
// Every control is one of the browser's own, with its keys: Space, arrows, Home and End on the slider.

import { h } from "../shared/dom.js";
import { type Player, SPEEDS, type Speed } from "./player.js";

export interface Controls {
  readonly element: HTMLElement;
  /** Shows where the player is. @param words  what the version is called */
  update(head: number, words: string): void;
}

const labels: Record<Speed, string> = { slow: "Slow", normal: "Normal", fast: "Fast" };

export function controls(player: Player): Controls {
  const button = (label: string, sign: string, onclick: () => void) =>
    h("button", { type: "button", class: "quiet", "aria-label": label, title: label, onclick }, sign);
  const play = button("Play", "▶", () => (player.playing ? player.pause() : player.play()));
  const back = button("One version back", "‹", () => player.step(-1));
  const on = button("One version on", "›", () => player.step(1));
  const slider = h("input", { type: "range", min: "1", "aria-label": "Version", class: "player-slider" });
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
  element.append(play, back, on, slider, speed);
  return {
    element,
    update(head, words) {
      const { playing, version } = player;
      play.textContent = playing ? "❚❚" : "▶";
      const label = playing ? "Pause" : "Play";
      play.setAttribute("aria-label", label);
      play.title = label;
      back.disabled = version <= 1;
      on.disabled = version >= head;
      slider.max = String(Math.max(1, head));
      slider.value = String(version);
      slider.setAttribute("aria-valuetext", words);
    },
  };
}
