// Devices in Node: an outbox in memory, one on a model of a disk, and one in the storage of an app around a webview.

import { hostOutbox } from "../../client/outbox/host.js";
import { type ShelvedOptions, ShelvedOutbox } from "../../client/outbox/shelved.js";
import { memoryOutbox } from "../../client/outbox.js";
import type { HostStorage } from "../../client/webview/index.js";
import type { Device, Page } from "./contract.js";
import { ModelDisk, type ModelPage } from "./model-shelf.js";

export function memoryDevice(): Device {
  const outbox = memoryOutbox();
  return { page: () => ({ outbox, kill() {} }) };
}

export interface ModelOutbox extends Page {
  readonly outbox: ShelvedOutbox;
  readonly shelf: ModelPage;
}

export interface ModelDevice extends Device {
  readonly disk: ModelDisk;
  page(): ModelOutbox;
}

export function modelDevice(options: Omit<ShelvedOptions, "newKey"> = {}): ModelDevice {
  const disk = new ModelDisk();
  let keys = 0;
  return {
    disk,
    page() {
      const shelf = disk.page();
      const outbox = new ShelvedOutbox(shelf, { newKey: () => `key-${++keys}`, ...options });
      return { outbox, shelf, kill: () => shelf.kill() };
    },
  };
}

/** What an app would do with files: entries by document, claims by page. */
export function hostDevice(): Device {
  const docs = new Map<string, Map<string, unknown>>();
  const claims = new Map<string, object>();
  return {
    page() {
      const page = {};
      let dead = false;
      const turn = async () => {
        await null;
        if (dead) await new Promise(() => {});
      };
      const storage: Required<HostStorage> = {
        async load(doc) {
          await turn();
          const entries = docs.get(doc);
          return entries === undefined ? null : structuredClone(Object.fromEntries(entries) as never);
        },
        async commit({ doc, put = {}, remove = [] }) {
          await turn();
          const entries = docs.get(doc) ?? new Map();
          for (const key of remove) entries.delete(key);
          for (const [key, value] of Object.entries(put)) entries.set(key, structuredClone(value));
          docs.set(doc, entries);
        },
        async list() {
          await turn();
          return [...docs.keys()];
        },
        delete: async (doc) => void docs.delete(doc),
        async claim(client) {
          await turn();
          if (claims.has(client)) return claims.get(client) === page;
          claims.set(client, page);
          return true;
        },
        estimate: async () => ({ usedBytes: 0 }),
        release() {
          for (const [key, owner] of claims) if (owner === page) claims.delete(key);
        },
      };
      const kill = () => {
        dead = true;
        storage.release();
      };
      return { outbox: hostOutbox(storage), kill };
    },
  };
}
