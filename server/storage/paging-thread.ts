// The thread that folds and merges pages for a server, and reads them where its documents are in PostgreSQL: it would hold up
// everybody for tens of milliseconds. It answers every question once.

import { parentPort } from "node:worker_threads";
import { createPaging, type PagingAnswer, type PagingAsked, troubleFrom } from "./paging.js";

const port = parentPort!;
const paging = createPaging();

port.on("message", async ({ number, name, args }: PagingAsked) => {
  const answer = await Promise.resolve(Reflect.apply(paging[name], paging, args)).then(
    (done) => ({ done }),
    troubleFrom,
  );
  port.postMessage({ number, outcome: answer } satisfies PagingAnswer);
});
