// The pages' pictures: strokes on a grid of 24, drawn in the colour of the text.

import type { Activity } from "../../protocol/index.js";

const paths = {
  undo: ["M9 14 4 9l5-5", "M4 9h10a6 6 0 0 1 0 12h-3"],
  redo: ["m15 14 5-5-5-5", "M20 9H10a6 6 0 0 0 0 12h3"],
  bold: ["M7 5h6a3.5 3.5 0 0 1 0 7H7z", "M7 12h7a3.5 3.5 0 0 1 0 7H7z"],
  italic: ["M11 5h6", "M7 19h6", "M14 5l-4 14"],
  underline: ["M7 4v7a5 5 0 0 0 10 0V4", "M6 20h12"],
  strike: ["M5 12h14", "M16 7c-1-2-6-3-8-.5-1.4 1.8-.5 4 1 5.5", "M8 17c2 2.5 8 2 8-1.5 0-1-.3-2-1-3"],
  code: ["m8 8-4 4 4 4", "m16 8 4 4-4 4"],
  highlight: ["M9 15 6 18H4v-2l3-3", "m7 13 8-8 4 4-8 8z", "M14 20h6"],
  link: [
    "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.700L12 7",
    "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.700L12 17",
  ],
  bullet: ["M9 6h11", "M9 12h11", "M9 18h11", "M4.5 6h.01", "M4.5 12h.01", "M4.5 18h.01"],
  ordered: [
    "M10 6h10",
    "M10 12h10",
    "M10 18h10",
    "M4 5l1.5-1v5",
    "M4 14.500c.5-1 2.5-1 2.5.4 0 1.2-2.5 2-2.5 3.100h2.6",
  ],
  task: ["M11 6h9", "M11 12h9", "M11 18h9", "m3.5 6 1.2 1.200L7 5", "m3.5 17 1.2 1.200L7 16"],
  indent: ["M4 6h16", "M11 12h9", "M4 18h16", "m4 10 2.5 2L4 14"],
  outdent: ["M4 6h16", "M11 12h9", "M4 18h16", "m6.5 10-2.5 2 2.5 2"],
  quote: ["M5 5v14", "M10 8h9", "M10 12h9", "M10 16h6"],
  rule: ["M4 12h16"],
  image: ["M4 5h16v14H4z", "m4 16 4.5-4.500L13 16l3-3 4 4", "M15.5 9h.01"],
  writing: ["M5 19l1-4L16 5l3 3L9 18z", "M13 20h6"],
  idle: ["M12 7v5l3.5 2", "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17"],
  away: ["M19 14.500A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.500z"],
  play: ["M8 5v14l11-7z"],
  pause: ["M9 5v14", "M15 5v14"],
  back: ["m14 6-6 6 6 6"],
  on: ["m10 6 6 6-6 6"],
  up: ["m6 14 6-6 6 6"],
  down: ["m6 10 6 6 6-6"],
  clear: ["M6 5h12", "M12 5l-2 14", "m15 15 4 4", "m19 15-4 4"],
} as const;

export type IconName = keyof typeof paths;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** The sign of what somebody does who is not simply active. */
export function stateIcon(activity: Exclude<Activity, "active">): SVGSVGElement {
  return icon(activity === "typing" ? "writing" : activity);
}
