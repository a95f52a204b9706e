// One load of the editor page and the link to it, without React. The protocol itself is `interline/webview`'s.
//
// What always holds: each load has a nonce of its own, set before the page's scripts run; only the page's origin is
// heard (`reactNativeChannel`); the view never leaves the page.

import {
  type Host,
  type HostOptions,
  host,
  newSid,
  reactNativeChannel,
  secureBytes,
} from "interline/webview";

export interface PageLinkOptions
  extends Pick<HostOptions, "page" | "services" | "problem" | "randomBytes" | "clock"> {
  /** `https://notes.example/webview/minutes` */
  readonly address: string;
  /** `(text) => webViewRef.current?.postMessage(text)` */
  readonly post: (text: string) => void;
}

export interface PageLink {
  readonly sid: string;
  readonly origin: string;
  readonly host: Host;
  readonly onMessage: ReturnType<typeof reactNativeChannel>["onMessage"];
  /** For `injectedJavaScriptBeforeContentLoaded`. */
  readonly script: string;
  /** Whether the view may go to `url` in its main frame: only to the page itself. */
  readonly stays: (url: string) => boolean;
}

/** React Native needs a polyfill of `crypto.getRandomValues` (`react-native-get-random-values`), or its own `randomBytes`. */
export function pageLink({ address, post, ...options }: PageLinkOptions): PageLink {
  const origin = originOf(address);
  const sid = newSid(options.randomBytes ?? secureBytes);
  const channel = reactNativeChannel(post, [origin]);
  return {
    sid,
    origin,
    host: host({ ...options, channel, sid }),
    onMessage: channel.onMessage,
    script: `window.interlineSid = "${sid}"; true;`,
    stays: (url) => withoutFragment(url) === withoutFragment(address),
  };
}

const withoutFragment = (url: string) => url.replace(/#.*$/s, "");

/** React Native's `URL` is not complete everywhere. */
function originOf(address: string): string {
  const origin = /^https?:\/\/[^/?#]+/i.exec(address)?.[0];
  if (origin === undefined) throw new RangeError(`no address of a page: ${address}`);
  return origin.toLowerCase();
}
