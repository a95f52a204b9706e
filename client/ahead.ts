// Documents that were asked for in the hello, a way to and fro before a connection could have asked: what was said, until
// the document asks for it by itself.
//
//   hello {opens: [a, b]} ──▶ welcome ──▶ a asks: taken from here      b does not (it was closed meanwhile): left again
//                             opened a ──▶ the answer                  a asks something else: sent as ever
//
// Each is taken once: whoever asks again, because no answer came or it was "later", asks over the wire.

import type { Answer, Events, RequestName, Requests } from "../protocol/index.js";

type Opening = Requests["open"]["body"];
type Answered = (answer: Answer<"open">) => void;

export class Ahead {
  /** Said and not asked for yet, with the answer if it is here. */
  readonly #said = new Map<string, { readonly body: string; answer?: Answer<"open"> }>();
  /** Asked for, and not answered yet. */
  readonly #asking = new Map<string, Answered>();

  constructor(openings: readonly Opening[]) {
    for (const body of openings) this.#said.set(body.doc, { body: JSON.stringify(body) });
  }

  /** Whether this was asked in the hello; then `answered` is called as if it had been sent. */
  takes<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    answered: (answer: Answer<K>) => void,
  ): boolean {
    if (name !== "open") return false;
    const { doc } = body as Opening;
    const said = this.#said.get(doc);
    this.#said.delete(doc);
    if (said?.body !== JSON.stringify(body)) return false;
    if (said.answer === undefined) this.#asking.set(doc, answered as Answered);
    else (answered as Answered)(said.answer);
    return true;
  }

  /** The server's answer has come. */
  opened({ doc, ...answer }: Events["opened"]): void {
    const answered = this.#asking.get(doc);
    this.#asking.delete(doc);
    const said = this.#said.get(doc);
    if (answered !== undefined) answered(answer);
    else if (said !== undefined) said.answer = answer;
  }

  /** Those that nobody has asked for, who is not to be in their rooms; they are forgotten. */
  unwanted(): string[] {
    const docs = [...this.#said.keys()];
    this.#said.clear();
    return docs;
  }
}
