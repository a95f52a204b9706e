// What follows the `?` of an address that an operator gives: known names, each once, with values that mean something. What is
// misspelled would be left out otherwise, and with it what was meant, such as TLS. Values are never repeated: one is a password.

/**
 * @param of  the address, as a sentence begins with it
 * @param known  what each parameter may be
 * @throws what `refuse` makes of a sentence
 */
export function addressParameters(
  of: string,
  given: URLSearchParams,
  known: Readonly<Record<string, RegExp>>,
  refuse: (sentence: string) => Error,
): void {
  const names = [...given.keys()];
  const unknown = new Set(names.filter((name) => !Object.hasOwn(known, name)));
  if (unknown.size > 0) {
    const all = Object.keys(known);
    throw refuse(
      `${of} has ${listed([...unknown])}, which ${unknown.size === 1 ? "is" : "are"} not known. It may have ${listed(all)}.`,
    );
  }
  for (const [name, value] of given) {
    if (names.filter((one) => one === name).length > 1) throw refuse(`${of} has ?${name} more than once.`);
    if (!known[name]!.test(value))
      throw refuse(`${of} has a ?${name} that means nothing${meaningOf(known[name]!)}.`);
  }
}

function listed(names: readonly string[]): string {
  const asked = names.map((name) => `?${name}`);
  return asked.length === 1 ? asked[0]! : `${asked.slice(0, -1).join(", ")} and ${asked.at(-1)}`;
}

/** What would be taken, where it is one of a few words. */
function meaningOf({ source }: RegExp): string {
  const words = /^\^\((.+)\)\$$/.exec(source)?.[1];
  return words === undefined ? "" : `: it is one of ${words.split("|").join(", ")}`;
}
