// The one place where the client and the pages take randomness that nobody can guess, and names that nobody else has.
//
// `crypto.getRandomValues` is in every page. `crypto.randomUUID` and `crypto.subtle` are not in those that came without TLS, such
// as a webview's that an app's own server gives out, so nothing here uses them.
//
// Not here: chance that only spreads things in time (`Random`), which may be foretold.

/** A source of unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Bytes from the platform's cryptographic generator. React Native needs a polyfill for it, or its own {@link RandomBytes}. */
export const secureBytes: RandomBytes = (count) => globalThis.crypto.getRandomValues(new Uint8Array(count));

/** A name that nobody has had, in hexadecimal digits, two for each byte. */
export function mintId(bytes = 16, randomBytes = secureBytes): string {
  return Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
