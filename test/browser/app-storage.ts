// The database of an app in tests. It outlives the app's pages; their claims end with each page.

import type { HostStorage, Json } from "../../client/webview/index.js";

/** An app's database of what its pages have not sent: all of a commit or none of it. */
export function appStorage(): HostStorage & { readonly kept: Map<string, Map<string, Json>> } {
  const kept = new Map<string, Map<string, Json>>();
  const claimed = new Set<string>();
  return {
    kept,
    load: async (doc) => (kept.has(doc) ? Object.fromEntries(kept.get(doc)!) : null),
    async commit({ doc, put = {}, remove = [] }) {
      const entries = new Map(kept.get(doc));
      for (const [key, value] of Object.entries(put)) entries.set(key, value);
      for (const key of remove) entries.delete(key);
      kept.set(doc, entries);
    },
    list: async () => [...kept.keys()],
    delete: async (doc) => void kept.delete(doc),
    async claim(client) {
      if (claimed.has(client)) return false;
      claimed.add(client);
      return true;
    },
    release: () => claimed.clear(),
  };
}
