// Finds a key that an object of a JSON text gives twice. Readers disagree on which of the two counts, so a token that is
// one thing to its issuer and another to us must not pass. The text has been parsed before: it is known to be JSON.

/** Strings, and what opens, closes and separates; everything else is skipped. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

export function hasDuplicateKey(json: string): boolean {
  /** The keys of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let last = "";
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const keys = open.at(-1)!;
      // The same key may be written with or without escapes.
      const key = JSON.parse(last) as string;
      if (keys.has(key)) return true;
      keys.add(key);
    }
    last = token;
  }
  return false;
}
