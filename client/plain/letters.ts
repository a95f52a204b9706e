// Which letter a key is that is pressed with Control or Command.

/**
 * The letter, small, as it is on a keyboard for our script: those for others have another one in its place, and people press
 * the same keys for undo. What is no letter is something else than one.
 */
export const letterOf = ({ key, code }: Pick<KeyboardEvent, "key" | "code">): string =>
  (/^[\x20-\x7e]$/.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
