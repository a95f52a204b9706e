// A host's ways to its page, where the host is TypeScript: an iframe in a web app, a WebView in React Native.
// Both hand over strings from the page's own origin only.

import { requireOrigin } from "./channels.js";
import type { BridgeChannel, ChannelReceiver } from "./types.js";

interface FrameMessage {
  readonly data?: unknown;
  readonly origin?: string;
  readonly source?: unknown;
}
/** As much of `window` as the host of an iframe needs. */
export interface EmbedderWindow {
  addEventListener(type: "message", listener: (event: FrameMessage) => void): void;
  removeEventListener(type: "message", listener: (event: FrameMessage) => void): void;
}
export interface FrameElement {
  readonly contentWindow: { postMessage(text: string, targetOrigin: string): void } | null;
}

/**
 * The way to the page in `frame`, which must be served from `origin`. A frame that navigates elsewhere is neither
 * heard nor spoken to. @throws RangeError when `origin` is none
 */
export function frameChannel(embedder: EmbedderWindow, frame: FrameElement, origin: string): BridgeChannel {
  requireOrigin(origin);
  return {
    kind: "iframe",
    send: (text) => frame.contentWindow?.postMessage(text, origin),
    listen(receiver) {
      const receive = (event: FrameMessage) => {
        if (frame.contentWindow === null || event.source !== frame.contentWindow) {
          return receiver.refused("wrong_frame", "not from our frame");
        }
        if (event.origin !== origin) return receiver.refused("wrong_origin", event.origin ?? "");
        if (typeof event.data !== "string") return receiver.refused("not_text", typeof event.data);
        receiver.message(event.data);
      };
      embedder.addEventListener("message", receive);
      return () => embedder.removeEventListener("message", receive);
    },
  };
}

/** The event of React Native WebView's `onMessage`. */
export interface ReactNativeMessage {
  readonly nativeEvent: { readonly data: unknown; readonly url: string };
}

export interface ReactNativeChannel extends BridgeChannel {
  /** Give it to the WebView as `onMessage`. */
  readonly onMessage: (event: ReactNativeMessage) => void;
}

/**
 * The way to the page in a React Native WebView.
 *
 * @param post  `(text) => webViewRef.current?.postMessage(text)`
 * @param origins  where the page may have come from; the WebView says with each message where it is
 */
export function reactNativeChannel(
  post: (text: string) => void,
  origins: readonly string[],
): ReactNativeChannel {
  for (const origin of origins) requireOrigin(origin);
  let receiver: ChannelReceiver | undefined;
  return {
    kind: "react-native",
    send: post,
    listen(next) {
      receiver = next;
      return () => {
        if (receiver === next) receiver = undefined;
      };
    },
    onMessage({ nativeEvent: { data, url } }) {
      const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0].toLowerCase() ?? "";
      if (!origins.includes(origin)) receiver?.refused("wrong_origin", origin);
      else if (typeof data !== "string") receiver?.refused("not_text", typeof data);
      else receiver?.message(data);
    },
  };
}
