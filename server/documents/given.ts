// What programs ask of documents, looked at before anything is done, for programs that no compiler has checked: of a condition
// whose name is misspelt nobody would take notice, and the text of a document would be none.
//
// Of each thing only its name and its kind is looked at here; what it says is for whoever does it.

import { Fault, type NameRequest, type RevertRequest } from "../../protocol/index.js";
import {
  anything,
  call,
  flag,
  type Kinds,
  list,
  misfitIn,
  number,
  oneOf,
  strangerIn,
  text,
  thing,
  whole,
} from "../../protocol/kinds.js";
import { asMeant, wrongWith } from "./given-edits.js";
import type { By, Documents } from "./types.js";

type Given<Name extends "create" | "submit" | "replace" | "edit"> = Exclude<
  Parameters<Documents[Name]>[Name extends "create" ? 0 : 1],
  string
>;

const contents = { text, markdown: text, html: text, snapshot: anything };
const made = { version: whole, epoch: text, dryRun: flag };

const ofBy: Kinds<By> = {
  ...{ author: text, key: text, asked: thing, allow: call, made: call },
  ...{ ifVersion: whole, ifEpoch: text },
};
const ofCreate: Kinds<Given<"create">> = { id: anything, type: oneOf("rich", "plain"), ...contents };
const ofSubmit: Kinds<Given<"submit">> = { op: anything, ops: anything, ...made };
const ofReplace: Kinds<Given<"replace">> = { ...contents, ...made };
const ofEdit: Kinds<Given<"edit">> = { edits: list, ...made };

type Past = { readonly version?: number; readonly at?: number; readonly epoch?: string };
type Range = { readonly from?: number; readonly to?: number; readonly epoch?: string };
type Filters = NonNullable<Parameters<Documents["history"]>[1]>;
type Query = NonNullable<Parameters<Documents["list"]>[0]>;
const ofWhen: Kinds<Past> = { version: whole, at: number, epoch: text };
const ofRange: Kinds<Range> = { from: whole, to: whole, epoch: text };
const ofHistory: Kinds<Filters> = { ...ofRange, cursor: text, limit: whole };
const ofList: Kinds<Query> = { search: text, owner: text, cursor: text, limit: whole, may: call };
const ofRevert: Kinds<RevertRequest> = { ...ofRange, author: text, dryRun: flag };
const ofName: Kinds<NameRequest> = { name: text, version: anything, epoch: text };
const ofUnname: Kinds<{ readonly version: number }> = { version: whole };
const ofFollow = {
  since: whole,
  signal: { fits: (value: unknown) => value instanceof AbortSignal, words: "an AbortSignal" },
};

/** The same documents. What is asked of them in another form than it is to have is refused: Fault `message_malformed`. */
export function asGiven(documents: Documents): Documents {
  return {
    ...documents,
    async list(query) {
      if (query !== undefined) demand("list", query, ofList);
      return documents.list(query);
    },
    async head(id, when) {
      demandMoment("head", when);
      return documents.head(id, when);
    },
    async read(id, when) {
      demandMoment("read", when);
      return documents.read(id, when);
    },
    async ops(id, range) {
      if (range !== undefined) demand("ops", range, ofRange);
      return documents.ops(id, range);
    },
    async history(id, filters) {
      if (filters !== undefined) demand("history", filters, ofHistory);
      return documents.history(id, filters);
    },
    async diff(id, range) {
      demand("diff", range, ofRange);
      demandFit("diff", misfitIn({ from: range.from }, { from: whole }, true));
      return documents.diff(id, range);
    },
    async blame(id, at) {
      demandWhen("blame", at);
      return documents.blame(id, at);
    },
    async *follow(id, since, signal, epoch) {
      demandFit("follow", misfitIn({ since, signal }, ofFollow, true));
      demandFit("follow", misfitIn({ epoch }, { epoch: text }));
      yield* documents.follow(id, since, signal, epoch);
    },
    async answered(id, by) {
      demandBy(by);
      return documents.answered(id, by);
    },
    async create(document, by) {
      demand("create", document, ofCreate);
      demandFit("create", misfitIn({ type: document.type }, { type: ofCreate.type }, true));
      demandBy(by);
      return documents.create(document, by);
    },
    async submit(id, request, by) {
      demand("submit", request, ofSubmit);
      demandBy(by);
      return documents.submit(id, request, by);
    },
    async replace(id, request, by) {
      demand("replace", request, ofReplace);
      demandBy(by);
      return documents.replace(id, request, by);
    },
    async edit(id, request, by) {
      demand("edit", request, ofEdit);
      demandFit("edit", misfitIn({ edits: request.edits }, { edits: ofEdit.edits }, true));
      const wrong = wrongWith(request.edits);
      if (wrong !== undefined) throw malformed(wrong);
      demandBy(by);
      return documents.edit(id, { ...request, edits: request.edits.map(asMeant) }, by);
    },
    async restore(id, when, by) {
      demand("restore", when, ofWhen);
      demandMoment("restore", when);
      demandBy(by);
      return documents.restore(id, when, by);
    },
    async revert(id, request, by) {
      demand("revert", request, ofRevert);
      demandFit("revert", misfitIn({ from: request.from, to: request.to }, { from: whole, to: whole }, true));
      demandBy(by);
      return documents.revert(id, request, by);
    },
    async name(id, named, by) {
      demand("name", named, ofName);
      demandFit("name", misfitIn({ name: named.name }, { name: text }, true));
      demandBy(by);
      return documents.name(id, named, by);
    },
    async unname(id, version, by) {
      demandFit("unname", misfitIn({ version }, ofUnname, true));
      demandBy(by);
      return documents.unname(id, version, by);
    },
    async delete(id, by) {
      demandBy(by);
      return documents.delete(id, by);
    },
  };
}

function demandWhen(what: string, when: Past | undefined): void {
  if (when !== undefined) demand(what, when, ofWhen);
}

/** One of both says when, or nothing would: what is left out is no moment. */
function demandMoment(what: string, when: Past | undefined): void {
  demandWhen(what, when);
  if (when !== undefined && when.version === undefined && when.at === undefined)
    throw malformed(`In ${what}, there must be a version or a time (at).`);
}

function demandBy(by: By | string | undefined): void {
  if (by !== undefined && typeof by !== "string") demand("by", by, ofBy);
}

function demand<T extends object>(what: string, given: T, kinds: Kinds<T>): void {
  if (!thing.fits(given)) throw malformed(`What is given to ${what} must be an object.`);
  const stranger = strangerIn(given, kinds);
  if (stranger !== undefined) throw malformed(`There is no use for ${stranger} in ${what}.`);
  demandFit(what, misfitIn(given, kinds));
}

function demandFit(what: string, misfit: ReturnType<typeof misfitIn>): void {
  if (misfit !== undefined) throw malformed(`In ${what}, ${misfit.name} must be ${misfit.words}.`);
}

const malformed = (sentence: string) => new Fault("message_malformed", sentence);
