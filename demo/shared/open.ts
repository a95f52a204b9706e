// Opening the page's document as the person at this device.

import type { connect as Connect } from "../../client/index.js";
import { base } from "./base.js";
import type { Identity } from "./identity.js";

/** The id of the document that the page's address names. */
export function documentId(): string {
  return decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
}

/** A connection to the server that served this page. A token it does not take is exchanged for a new one. */
export function connectAs(
  connect: typeof Connect,
  identity: Identity,
  options: Partial<Parameters<typeof Connect>[1]> = {},
): ReturnType<typeof Connect> {
  const connection = connect(base, { ...options, name: identity.name, token: identity.token });
  connection.on("status", ({ fault }) => {
    if (fault?.action === "authenticate") identity.refused(fault.code);
  });
  identity.onRenamed((name) => connection.rename(name));
  // The device often knows first that its network is back.
  addEventListener("online", () => connection.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connection.retryNow();
  });
  return connection;
}
