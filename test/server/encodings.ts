// How often an event is made a text.

import { onCleanUp } from "./harness.js";

/** Counts from here on, until the test ends. @returns how often an event was, of that name if one is given */
export function countEncodings(name?: string): () => number {
  let count = 0;
  const { stringify } = JSON;
  onCleanUp(() => void Object.assign(JSON, { stringify }));
  const counting = (...args: Parameters<typeof stringify>) => {
    const [event] = args as unknown[];
    if (Array.isArray(event) && (name === undefined || event[0] === name)) count++;
    return stringify(...args);
  };
  Object.assign(JSON, { stringify: counting });
  return () => count;
}
