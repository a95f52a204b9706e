// What the bubble of a link says of its address, and where it stands. Pure: no DOM.

/** So much of an address is shown. */
const MOST = 44;
const GAP_PX = 6;
/** So near the bubble comes to the sides of the window. */
const MARGIN_PX = 8;

/**
 * An address as people read it: without what goes without saying, and short. Whose page it is, is always whole, and what the
 * browser goes to, which is not always what is written: `https:/x.example` and `//x.example` lead to x.example.
 *
 * @param leads  where it leads, in full; null if nobody goes there
 */
export function shortAddress(href: string, leads: string | null): string {
  if (leads === null) return shortened(href, MOST);
  const { host, pathname, search, hash } = new URL(leads);
  // A mail address and a telephone number are all path.
  const whose = host || pathname;
  const path = readable(`${host ? pathname : ""}${search}${hash}`);
  return whose + shortened(path === "/" ? "" : path, Math.max(MOST - [...whose].length, 9));
}

function shortened(text: string, room: number): string {
  const letters = [...text];
  if (letters.length <= room) return text;
  const end = Math.floor((room - 1) / 2);
  return `${letters.slice(0, room - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}

/** With the letters of other scripts as they are read, and all else as it is sent. */
const readable = (path: string): string =>
  path.replace(/(?:%[89a-f][0-9a-f])+/gi, (bytes) => {
    try {
      const text = decodeURIComponent(bytes);
      return /^[\p{L}\p{M}\p{N}]+$/u.test(text) ? text : bytes;
    } catch {
      return bytes;
    }
  });

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
