// Claims by Web Locks: the browser lets go of them when their page dies, however it dies. They exist in secure contexts.
//
// It may take its time about that, and the next page may be there before it has: so a page that knows it goes lets go itself.
// So does one that is put away, of which a browser may take the locks without a word, and which may come back.

import type { PageClaims } from "./shelf.js";

/** By then a browser has let go of what this page itself has just released. */
const RETURN_MS = 1_000;

export function webLockClaims(locks: LockManager, prefix: string): PageClaims {
  /** What ends the lock of a key. */
  const held = new Map<string, () => void>();
  /** Held when the page was put away. */
  const away = new Set<string>();
  /** Somebody else has had it since. */
  const lost = new Set<string>();

  /** @returns whether it is ours now */
  const ask = (key: string, how: LockOptions) =>
    new Promise<boolean>((resolve, reject) => {
      locks
        .request(prefix + key, how, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise<void>((free) => held.set(key, free));
        })
        .catch(reject);
    });
  const release = (key: string) => {
    away.delete(key);
    held.get(key)?.();
    held.delete(key);
  };

  return {
    async take(key, waitMs) {
      if (lost.has(key)) return undefined;
      const signal = waitMs === undefined ? undefined : AbortSignal.timeout(waitMs);
      try {
        if (!(await ask(key, signal === undefined ? { ifAvailable: true } : { signal }))) return undefined;
      } catch (error) {
        // It was not free in time.
        if (signal?.aborted) return undefined;
        throw error;
      }
      let ours = true;
      return () => {
        if (ours) release(key);
        ours = false;
      };
    },
    async taken(keys) {
      const { held: everywhere = [] } = await locks.query();
      const names = new Set(everywhere.map(({ name }) => name));
      return new Set(keys.filter((key) => lost.has(key) || names.has(prefix + key)));
    },
    leave() {
      for (const key of [...held.keys()]) {
        release(key);
        away.add(key);
      }
    },
    async comeBack(isOurs) {
      const again = async (key: string) => {
        const signal = AbortSignal.timeout(RETURN_MS);
        const free = await ask(key, { signal }).catch(() => false);
        const isStill = free && (await isOurs(key).catch(() => false));
        // Its document may have been closed meanwhile, and lets go of it once only.
        if (isStill && away.has(key)) return;
        if (!isStill) lost.add(key);
        release(key);
      };
      await Promise.all([...away].map(again));
      away.clear();
    },
    isLost: (key) => lost.has(key),
  };
}
