// What a page does with what the host has given it: the nonce it was started with, colours and insets in its styles.

import { isSid } from "./envelope.js";
import type { Payload } from "./messages.js";

/** Where a host may have left the nonce: a script it ran before the page's own, or the fragment of the page's address. */
export interface StartedPage {
  readonly location: { readonly hash: string };
}

/** @returns the nonce the host has given this page; undefined: it was opened without a host */
export function pageSid(page: StartedPage): string | undefined {
  const injected = (page as { readonly interlineSid?: unknown }).interlineSid;
  if (isSid(injected)) return injected;
  const inFragment = /[#&]interline=([0-9a-f]{32})(?:&|$)/.exec(page.location.hash)?.[1];
  return isSid(inFragment) ? inFragment : undefined;
}

interface Styled {
  readonly style: { setProperty(name: string, value: string): void; removeProperty(name: string): unknown };
  readonly dataset: { theme?: string | undefined };
}

/**
 * Sets the theme's custom properties, in the place of those of the theme `before`, and `data-theme` where it names a
 * scheme. Names and values have been checked on the way here.
 */
export function applyTheme(
  element: Styled,
  { tokens, scheme }: Payload<"theme.set">,
  before?: Payload<"theme.set">,
): void {
  for (const name of Object.keys(before?.tokens ?? {}))
    if (!Object.hasOwn(tokens, name)) element.style.removeProperty(name);
  for (const [name, value] of Object.entries(tokens)) element.style.setProperty(name, value);
  if (scheme === undefined) delete element.dataset.theme;
  else element.dataset.theme = scheme;
}

/** Sets `--interline-inset-top` and so on, and `--interline-keyboard`, in pixels. */
export function applyInsets(element: Pick<Styled, "style">, insets: Payload<"insets">): void {
  const { top, bottom, left = 0, right = 0, keyboard = 0 } = insets;
  for (const [side, pixels] of Object.entries({ top, bottom, left, right })) {
    element.style.setProperty(`--interline-inset-${side}`, `${pixels}px`);
  }
  element.style.setProperty("--interline-keyboard", `${keyboard}px`);
}
