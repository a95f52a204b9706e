// How a connection reaches a server: one live two-way channel at a time. Socket.IO implements it for real
// (`socketio.ts`), the simulated world implements it with losses. A channel may drop, delay or repeat nothing in
// silence that it has answered, but it may die at any moment, and then every request on it stays unanswered.

import type {
  Answer,
  EventName,
  Events,
  Hello,
  NoticeName,
  Notices,
  RequestName,
  Requests,
} from "../protocol/index.js";

export interface Channel {
  /** Sends a request; `answer` is called at most once, never after the channel has closed. */
  request<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    answer: (answer: Answer<K>) => void,
  ): void;
  /** Sends a notice, which may be lost. */
  notify<K extends NoticeName>(name: K, body: Notices[K]): void;
  close(): void;
}

export interface ChannelListener {
  event<K extends EventName>(name: K, body: Events[K]): void;
  /** The channel is gone (or never came up). Called once. `fault` if the server said why. */
  closed(reason: string, fault?: import("../protocol/index.js").FaultMessage): void;
}

/** Opens channels. `hello` is read anew for each. */
export interface Transport {
  open(hello: Hello, listener: ChannelListener): Channel;
}
