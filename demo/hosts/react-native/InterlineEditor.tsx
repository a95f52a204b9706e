// The editor page in a React Native WebView. The app draws its toolbar from `onState` and sends commands through the host
// that `onHost` gives it; each load of the page has a new one. When the page's process dies the view is made anew, and
// the storage gives back what was typed.

import type { Host, HostEvents, HostOptions } from "interline/webview";
import { useEffect, useRef, useState } from "react";
import { AppState, type AppStateStatus, type StyleProp, type ViewStyle } from "react-native";
import { WebView } from "react-native-webview";
import { type PageLink, pageLink } from "./pageLink.js";

type Page = NonNullable<HostOptions["page"]>;

export interface InterlineEditorProps {
  /** `https://notes.example/webview/minutes` */
  readonly address: string;
  /** What the page is told once, at first: `doc`, `user`, `locale`, `dir`. */
  readonly page?: Page;
  /** Keep it the same object: other services are another page. */
  readonly services: NonNullable<HostOptions["services"]>;
  readonly theme?: Page["theme"];
  /** Only where the app does not end this view at the keyboard itself. */
  readonly insets?: Page["insets"];
  /** From `@react-native-community/netinfo` or `expo-network`. */
  readonly net?: Page["net"];
  readonly onHost?: (host: Host) => void;
  readonly onState?: (state: HostEvents["state"]["state"]) => void;
  readonly onSync?: (sync: HostEvents["sync"]) => void;
  readonly onPeople?: (people: HostEvents["people"]) => void;
  readonly style?: StyleProp<ViewStyle>;
}

/** How long iOS and Android surely let an app run on in the background. */
const SUSPEND_MS = 3_000;

const appState = (state: AppStateStatus) =>
  state === "active" || state === "background" ? state : ("inactive" as const);

export function InterlineEditor(props: InterlineEditorProps) {
  const { address, page, services, theme, insets, net, style } = props;
  const view = useRef<WebView>(null);
  /** Goes up with each death of the page's process. */
  const [load, setLoad] = useState(0);
  const said = useRef(props);
  said.current = props;

  /** Made in an effect, not while rendering: what a strict React mounts twice is then closed once as well. */
  const [link, setLink] = useState<PageLink>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the page is told at first makes no new page when it changes
  useEffect(() => {
    const first = { ...page, ...(theme && { theme }), ...(insets && { insets }), ...(net && { net }) };
    const made = pageLink({
      address,
      services,
      page: first,
      post: (text) => view.current?.postMessage(text),
    });
    const { host } = made;
    const stops = [
      host.on("state", ({ state }) => said.current.onState?.(state)),
      host.on("sync", (sync) => said.current.onSync?.(sync)),
      host.on("people", (people) => said.current.onPeople?.(people)),
    ];
    const watching = AppState.addEventListener("change", (state) => {
      host.setApp({ state: appState(state) });
      if (state === "background") void host.willSuspend(SUSPEND_MS);
    });
    setLink(made);
    said.current.onHost?.(host);
    return () => {
      watching.remove();
      for (const stop of stops) stop();
      host.close();
    };
  }, [address, services, load]);

  useEffect(() => {
    if (theme) link?.host.setTheme(theme);
  }, [link, theme]);
  useEffect(() => {
    if (insets) link?.host.setInsets(insets);
  }, [link, insets]);
  useEffect(() => {
    if (net) link?.host.setNet(net);
  }, [link, net]);

  const died = () => setLoad((before) => before + 1);
  if (link === undefined) return null;
  return (
    <WebView
      key={link.sid}
      ref={view}
      style={style}
      source={{ uri: address }}
      originWhitelist={[link.origin]}
      injectedJavaScriptBeforeContentLoaded={link.script}
      injectedJavaScriptBeforeContentLoadedForMainFrameOnly
      onMessage={link.onMessage}
      onShouldStartLoadWithRequest={({ url, isTopFrame }) => !isTopFrame || link.stays(url)}
      onContentProcessDidTerminate={died}
      onRenderProcessGone={died}
      setSupportMultipleWindows={false}
      allowFileAccess={false}
      hideKeyboardAccessoryView
      keyboardDisplayRequiresUserAction={false}
      automaticallyAdjustContentInsets={false}
      contentInsetAdjustmentBehavior="never"
    />
  );
}
