// Claims by Web Locks: the browser lets go of them when their page dies, however it dies. They exist in secure contexts.

import type { Claims } from "./shelf.js";

export function webLockClaims(locks: LockManager, prefix: string): Claims {
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
            return new Promise<void>((release) => resolve(release));
          })
          .catch((error) => {
            // It was not free in time.
            if (waitMs !== undefined && how.signal?.aborted) resolve(undefined);
            else reject(error);
          });
      });
    },
    async taken(keys) {
      const { held = [] } = await locks.query();
      const names = new Set(held.map(({ name }) => name));
      return new Set(keys.filter((key) => names.has(prefix + key)));
    },
  };
}
