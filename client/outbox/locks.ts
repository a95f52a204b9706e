// Claims by Web Locks: the browser lets go of them when their page dies, however it dies. They exist in secure contexts.
//
// It may take its time about that, and the next page may be there before it has: so a page that knows it goes lets go itself.

import type { PageClaims } from "./shelf.js";

export function webLockClaims(locks: LockManager, prefix: string): PageClaims {
  const held = new Set<() => void>();
  return {
    take(key, waitMs) {
      return new Promise((resolve, reject) => {
        const how = waitMs === undefined ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMs) };
        locks
          .request(prefix + key, how, (lock) => {
            if (lock === null) {
              resolve(undefined);
              return undefined;
            }
            return new Promise<void>((free) => {
              const release = () => {
                held.delete(release);
                free();
              };
              held.add(release);
              resolve(release);
            });
          })
          .catch((error) => {
            // It was not free in time.
            if (waitMs !== undefined && how.signal?.aborted) resolve(undefined);
            else reject(error);
          });
      });
    },
    async taken(keys) {
      const { held: everywhere = [] } = await locks.query();
      const names = new Set(everywhere.map(({ name }) => name));
      return new Set(keys.filter((key) => names.has(prefix + key)));
    },
    leave() {
      for (const release of held) release();
    },
    // A page with locks is never put away and brought back.
    comeBack() {},
  };
}
