// What the bubble of a link says of its address, and where it stands. Pure: no DOM.

/** So much of an address is shown. */
const MOST = 44;
const GAP_PX = 6;
/** So near the bubble comes to the sides of the window. */
const MARGIN_PX = 8;

/** An address as people read it: without what goes without saying, and short. Whose page it is, is always whole. */
export function shortAddress(href: string): string {
  const [, host = "", rest = ""] =
    /^(?:https?:\/\/|mailto:|tel:)?([^/?#]*)(.*)$/is.exec(href) ?? ([href, href, ""] as const);
  const path = rest === "/" ? "" : rest;
  const room = Math.max(MOST - [...host].length, 9);
  const letters = [...path];
  if (letters.length <= room) return host + path;
  const end = Math.floor((room - 1) / 2);
  return `${host}${letters.slice(0, room - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}

export interface Around {
  /** The line that is not to be covered, in CSS pixels of the window. */
  readonly line: { readonly left: number; readonly top: number; readonly bottom: number };
  readonly size: { readonly width: number; readonly height: number };
  /** What of the window is not covered by bars and keyboards. */
  readonly room: { readonly top: number; readonly bottom: number; readonly width: number };
}

/** Where the bubble stands, in CSS pixels of the window: below the line where it has room there, or else above it. */
export function placeBubble({ line, size, room }: Around): { readonly left: number; readonly top: number } {
  const below = line.bottom + GAP_PX;
  const above = line.top - GAP_PX - size.height;
  const isAbove = below + size.height > room.bottom && above >= room.top;
  const most = room.width - size.width - MARGIN_PX;
  return { left: Math.max(MARGIN_PX, Math.min(line.left, most)), top: isAbove ? above : below };
}
