// Many people in a process of their own, as cheap as they can be: each has one socket, one document, and comes back when
// the socket is lost, as the client does: after a random pause that grows, and not before it was told to.
//
//   argv[2]   a Place as JSON
//   says      { here: n } when all have their document · { took: [...] } when all who were lost have it again:
//             milliseconds from the loss to the document
//   is told   { lost: n }, how many will have to come back
//
// They ask for the whole document each time, which is the most that a returning client can ask for.

import { backoffMs } from "../../client/backoff.js";
import type { Answer, ClientName, Events } from "../../protocol/index.js";
import { openSocket } from "../server/harness.js";
import { random } from "../stack/draws.js";

export interface Place {
  readonly url: string;
  readonly people: number;
  /** Names of the documents; people are spread over them. */
  readonly documents: readonly string[];
  /** The number of the first one: makes their addresses different from those of other processes. */
  readonly first: number;
}

const { url, people, documents, first } = JSON.parse(process.argv[2]!) as Place;
/** They come a few at a time; only the way back is a storm. */
const AT_ONCE = 50;

let here = 0;
let lost = Number.POSITIVE_INFINITY;
const took: number[] = [];
const say = (what: object) => void process.send!(what);

function report(): void {
  if (took.length < lost) return;
  say({ took });
  lost = Number.POSITIVE_INFINITY;
}

/** One person, for ever. `arrived` is called when they have their document for the first time. */
function person(number: number, arrived: () => void): void {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const doc = documents[number % documents.length]!;
  let client: ClientName | undefined;
  let attempt = 0;
  const luck = random(first + number);
  let lostAt: number | undefined;
  let wasHere = false;

  function come(): void {
    const headers = { "x-forwarded-for": address };
    const socket = openSocket(url, { name: `P${number}`, headers, ...(client && { client }) });
    let gone = false;
    const again = (retryAfterMs = 0) => {
      if (gone) return;
      gone = true;
      socket.disconnect();
      if (wasHere) lostAt ??= Date.now();
      setTimeout(come, retryAfterMs + backoffMs(attempt++, luck));
    };
    socket.on("welcome", (welcome: Events["welcome"]) => {
      client = welcome.client;
      open();
    });
    function open(): void {
      socket
        .timeout(10_000)
        .emitWithAck("open", { doc, type: "plain", create: true })
        .then((answer: Answer<"open">) => {
          if ("fault" in answer) return again(answer.fault.retryAfterMs);
          attempt = 0;
          if (wasHere) {
            took.push(Date.now() - lostAt!);
            lostAt = undefined;
            report();
          } else {
            wasHere = true;
            here++;
            if (here === people) say({ here });
            arrived();
          }
        })
        .catch(() => again());
    }
    let toldAfterMs: number | undefined;
    socket.on("fault", ({ fault }: Events["fault"]) => {
      toldAfterMs = fault.retryAfterMs;
    });
    socket.on("disconnect", () => again(toldAfterMs));
    socket.on("connect_error", () => again());
  }
  come();
}

process.on("message", (told: { readonly lost: number }) => {
  lost = told.lost;
  report();
});
process.on("disconnect", () => process.exit());

for (let number = 0; number < people; number += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, people - number) }, (_, each) => first + number + each);
  await Promise.all(some.map((each) => new Promise<void>((arrived) => person(each, arrived))));
}
