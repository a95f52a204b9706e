// Where ShareDB tells that an op is committed: in the order of each document's versions, and before whoever submitted it
// hears. Whoever subscribes to ShareDB in this process gets it as from its memory pub/sub; the room's relay is told first, in the same
// turn.

import ShareDB from "sharedb";

export class RelayPubSub extends ShareDB.MemoryPubSub {
  /** @param tell  hears of every op that was committed; must not throw */
  constructor(
    private readonly tell: (op: ShareDB.RawOp) => void,
    options?: { prefix?: string },
  ) {
    super(options);
  }

  override _publish(channels: string[], data: unknown, callback: (error?: Error | null) => void): void {
    if (isCommittedOp(data)) this.tell(data);
    super._publish(channels, data, callback);
  }
}

/** An op has a document and a version; whatever else is published has not. */
function isCommittedOp(data: unknown): data is ShareDB.RawOp {
  return (
    typeof data === "object" && data !== null && "d" in data && "v" in data && typeof data.v === "number"
  );
}
