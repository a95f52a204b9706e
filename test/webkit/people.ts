// People whose browser is WebKit: at the rich page as on a desktop, and in an app around the webview page, where the
// reference host runs in this process and speaks with the page through the very handler that an iOS app has.

import type { HostOptions, HostStorage } from "../../client/webview/index.js";
import { type Host, host, newSid, secureBytes } from "../../client/webview/index.js";
import { servicesOf } from "../browser/app.js";
import { appStorage } from "../browser/app-storage.js";
import type { Where } from "../browser/people.js";
import type { Shown } from "../browser/shown.js";
import { onCleanUp, until } from "../server/harness.js";
import { type ViewOptions, WebKitView } from "./webkit.js";

/** Waits until one can write in the editor. */
export async function canWrite(view: WebKitView): Promise<void> {
  await until("the editor in WebKit can be written in", () =>
    view.evaluate(() => document.querySelector(".ProseMirror")?.getAttribute("contenteditable") === "true"),
  );
  await view.focus();
  await view.evaluate(() => (globalThis as unknown as Shown).interline.view.focus());
}

/** Opens the rich editor of `id` as on a desktop. */
export async function opensInWebKit(
  name: string,
  server: Where,
  id: string,
  options: ViewOptions = {},
): Promise<WebKitView> {
  const view = await WebKitView.create({ width: 1_100, height: 800, ...options });
  const url = `http://127.0.0.1:${server.port}`;
  // Any page of that origin will do to say who we are.
  await view.load(`${url}/livez`);
  await view.evaluate((name: string) => localStorage.setItem("interline:name", name), name);
  await view.load(`${url}/d/${id}`);
  await canWrite(view);
  return view;
}

export interface AppInWebKit {
  readonly host: Host;
  readonly view: WebKitView;
  readonly storage: HostStorage;
}

export interface AppOptions extends ViewOptions {
  readonly name?: string;
  readonly storage?: HostStorage;
  readonly services?: HostOptions["services"];
  readonly page?: HostOptions["page"];
}

/** Opens the webview page of `id` in an app, with a fresh nonce as each load must have, and waits until it can be written in. */
export async function appInWebKit(server: Where, id: string, options: AppOptions = {}): Promise<AppInWebKit> {
  const { name = "Ada", storage = appStorage(), services, page, ...viewOptions } = options;
  const view = await WebKitView.create({ width: 390, height: 700, ...viewOptions });
  const sid = newSid(secureBytes);
  const around = host({
    channel: view.channel(),
    sid,
    services: { ...servicesOf(server, name, storage), ...services },
    page: { user: { id: name, name }, ...page },
  });
  onCleanUp(() => around.close());
  await view.load(`http://127.0.0.1:${server.port}/webview/${id}`, sid);
  await around.ready;
  await canWrite(view);
  return { host: around, view, storage };
}
