// The typed client of the HTTP API for the person at this device. A token that the server does not take is exchanged for a
// new one, once.

import { api } from "../../client/api/index.js";
import type { FaultCode } from "../../protocol/index.js";
import { base } from "./base.js";
import type { Identity } from "./identity.js";

export function apiFor(identity: Identity): ReturnType<typeof api> {
  return api(base, {
    token: identity.token,
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (response.status !== 401) return response;
      const { code } = (await response.json().catch(() => ({}))) as { readonly code?: FaultCode };
      identity.refused(code ?? "unauthenticated");
      const headers = new Headers(init?.headers);
      headers.set("Authorization", `Bearer ${await identity.token()}`);
      return fetch(input, { ...init, headers });
    },
  });
}
