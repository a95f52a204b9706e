// The colours people have. The server gives everybody in a room a number; `style.css` says what each looks like in light
// and dark. Carets, selections, roster and avatars all name a colour by the classes made here.

/** How many there are; the server gives out numbers below this. */
export const PALETTE_SIZE = 12;

/** The class that sets `--interline-person` (strong), `-ink` (text on it) and `-soft` (behind text). */
export const personClass = (color: number): string => `interline-person-${index(color)}`;

/** The name under which `style.css` paints selections of this colour. */
export const highlightName = (color: number): string => `interline-selection-${index(color)}`;

const index = (color: number): number =>
  Number.isSafeInteger(color) && color >= 0 ? color % PALETTE_SIZE : 0;
