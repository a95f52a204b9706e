// Makes the pages open without a network (`../offline/worker.ts`), where the browser allows it.

import { addressOf } from "./base.js";

export function keepPagesOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  // Only where pages are served securely; elsewhere the pages are as good as ever, with a network.
  const register = () => void navigator.serviceWorker.register(addressOf("/worker.js")).catch(() => {});
  register();
  // The network may have gone before everything was fetched.
  addEventListener("online", register);
}
