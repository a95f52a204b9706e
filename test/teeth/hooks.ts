// Module hooks of a process with a bug in it: one module has other source than its file.

import type { LoadHook } from "node:module";

interface Replaced {
  readonly url: string;
  readonly source: string;
}

let replaced: Replaced | undefined;

export function initialize(data: Replaced): void {
  replaced = data;
}

export const load: LoadHook = (url, context, nextLoad) =>
  url === replaced?.url
    ? { format: "module", source: replaced.source, shortCircuit: true }
    : nextLoad(url, context);
