// A page with the client of the HTTP API in it, for `api.test.ts` to call as a page's own script would.

import { api } from "../../client/api/index.js";

declare global {
  interface Window {
    /** Makes a document, reads it and its news, and hears of a change. @returns what came of each */
    session(id: string): Promise<unknown>;
  }
}

window.session = async (id) => {
  const client = api(location.origin);
  const { documents } = client;
  await documents.create({ id, type: "plain", text: "Tea" });
  const events = client.events(id, { since: 1 });
  const heard = events.next();
  await client.submit(id, { op: [3, " é👻"] }, { ifVersion: 1 });
  const { value } = await heard;
  await events.return();
  const nothingNew = await documents.read(id, {}, { unless: 2 });
  const { content, version } = await documents.readAs(id, "text", {}, { unless: 1 }).then((read) => read!);
  const refused = await client.submit(id, { op: ["x"] }, { ifVersion: 1 }).catch(String);
  await documents.delete(id);
  return { heard: value?.version, nothingNew, content, version, refused };
};
