// From promises, which storage speaks, to callbacks, which ShareDB speaks.

export type Callback<Result> = (error?: Error | null, result?: Result) => void;

/**
 * Calls back with what becomes of `promise`: once, later, and outside of it, so that what the callback throws is the
 * caller's uncaught exception and not a second answer.
 */
export function answer<Result>(promise: Promise<Result>, callback: Callback<Result> | undefined): void {
  promise.then(
    (result) => callback && process.nextTick(callback, null, result),
    (error) => callback && process.nextTick(callback, error),
  );
}
