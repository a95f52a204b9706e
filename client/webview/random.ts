// The one place where the bridge takes randomness from the platform.

import type { RandomBytes } from "./types.js";

/** Bytes from the platform's cryptographic generator. React Native needs a polyfill for it, or its own `RandomBytes`. */
export const secureBytes: RandomBytes = (count) => globalThis.crypto.getRandomValues(new Uint8Array(count));
