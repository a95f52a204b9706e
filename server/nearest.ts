// Which known name somebody meant who wrote one that is not known: a letter wrong, missing, doubled or swapped, or the same
// words written in another way (`jwt-secret`, `jwtSecret`). No guess is better than a wild one.

/** The nearest of the names, where one is near enough to have been meant. */
export function nearest(given: string, names: Iterable<string>): string | undefined {
  const [meant] = [...names]
    .map((name) => ({ name, steps: distance(plain(given), plain(name)) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(plain(name).length / 4)))
    .sort((one, other) => one.steps - other.steps);
  return meant?.name;
}

const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, "");

/** How many letters have to be put in, taken out, exchanged or swapped with the next. */
function distance(from: string, to: string): number {
  let [before, row] = [[] as number[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    [before, row] = [row, next];
  }
  return row[to.length]!;
}
