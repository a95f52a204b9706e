// What the nodes of a cluster tell each other besides what rooms are told: who is where, what was revoked.
//
// A hint, like all that goes by Redis: a message comes at most once, perhaps late, perhaps never, and the order holds, if
// at all, for one teller and one topic. Whoever needs to know for certain asks the database, or asks again. Nothing here
// throws, waits or grows without bound.

export interface Bus {
  /** Names this run of this node: new at every start. */
  readonly node: string;
  /** There are no others, and never will be. */
  readonly alone?: boolean;
  /** Tells the other nodes that listen to this topic. The message is JSON. */
  tell(topic: string, message: unknown): void;
  /**
   * Hears what the other nodes tell on this topic, from soon on; never what this one tells.
   *
   * @param hearing  is called once, when whatever is told from then on is heard
   * @returns stops hearing
   */
  hear(topic: string, heard: (message: unknown, from: string) => void, hearing?: () => void): () => void;
  /** Is called after a time in which messages may have been missed. @returns stops that */
  onGap(gap: () => void): () => void;
}

/** The bus of a node that is alone. */
export function soloBus(node: string): Bus {
  const nothing = () => {};
  return { node, alone: true, tell: nothing, hear: () => nothing, onGap: () => nothing };
}
