// Queues by name: what is given to one queue runs in the order it came, one at a time. A queue that is empty is gone.

export interface Turns {
  /** Runs `run` when everything given to this queue before has settled. */
  next<T>(queue: unknown, run: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  /** The end of each queue that is not empty; never rejects. */
  const ends = new Map<unknown, Promise<void>>();

  return {
    next(queue, run) {
      const before = ends.get(queue);
      const mine = before === undefined ? run() : before.then(run);
      const ended = () => {
        if (ends.get(queue) === end) ends.delete(queue);
      };
      const end: Promise<void> = mine.then(ended, ended);
      ends.set(queue, end);
      return mine;
    },
  };
}
