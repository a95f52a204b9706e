// What people are called and coloured where what they wrote is shown. Pure.

import { PALETTE_SIZE } from "../../client/prosemirror/palette.js";
import type { Authors } from "../../protocol/index.js";

/** What somebody is called who is not known any more. */
const NOBODY = "Somebody";

export const nameOf = (authors: Authors, user: string | undefined): string =>
  (user === undefined ? undefined : authors[user]?.name) || NOBODY;

export const colorOf = (authors: Authors, user: string | undefined): number =>
  (user === undefined ? undefined : authors[user]?.color) ?? 0;

/**
 * People with colours of their own, as far as the palette goes: each their usual one, unless somebody in `before` or earlier
 * in `more` has it. Who has a colour keeps it.
 */
export function toldApart(before: Authors, more: Authors): Authors {
  const all = { ...before };
  const taken = new Set(Object.values(before).map(({ color }) => color));
  for (const [user, { name, color }] of Object.entries(more)) {
    const known = before[user];
    let own = known?.color ?? color % PALETTE_SIZE;
    if (known === undefined && taken.size < PALETTE_SIZE)
      while (taken.has(own)) own = (own + 1) % PALETTE_SIZE;
    taken.add(own);
    all[user] = { name, color: own };
  }
  return all;
}
