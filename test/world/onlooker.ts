// Looks at what goes over the wires, and says what of it is remarkable (`situations.ts`); and holds servers to what they
// tell clients: what was acknowledged is in the history under its name, and nothing is ever answered with `internal`.

import type { Answer, Events, RequestName, Requests } from "../../protocol/index.js";
import type { Link } from "./link.js";
import type { Onlooker } from "./network.js";
import { isLoaded, type Tab } from "./tab.js";
import type { World } from "./world.js";

type Submit = Requests["submit"]["body"];

export function createOnlooker(world: World): Onlooker {
  /** Faults that ended what a client believed of history, until it has opened the document anew. */
  const history = new Set<string>();
  /** Who each client was told is there; absent from when it asks for the document until it is answered. */
  const people = new WeakMap<Link, Set<string>>();
  /** On which node each client id was last. */
  const nodeOf = new Map<string, number | undefined>();
  const tabOf = (link: Link): Tab | undefined => world.people.tabs.find(({ name }) => name === link.tab);
  const inflightOf = (tab: Tab | undefined) =>
    tab?.records.find(({ inflight }) => inflight !== undefined)?.inflight;
  const pendingOf = (tab: Tab | undefined) =>
    Math.max(0, ...(tab?.records ?? []).map(({ pending }) => pending.length));

  function opens(tab: Tab | undefined, body: Requests["open"]["body"]): void {
    const inflight = inflightOf(tab);
    if (body.since !== undefined && inflight !== undefined) {
      world.see("returned-inflight");
      if (pendingOf(tab) >= 2) world.see("returned-loaded");
    }
    if (body.since !== undefined || inflight === undefined || !history.delete(tab!.name)) return;
    const { src, seq } = inflight;
    if (world.truth.has(src, seq)) world.see("pruned-committed");
    else if (world.nodes.holds(src, seq)) world.see("pruned-unknown");
    else world.see("pruned-uncommitted");
  }

  function refused(link: Link, name: RequestName, { code }: { readonly code: string }): void {
    const tab = tabOf(link);
    const unsent = inflightOf(tab) !== undefined || pendingOf(tab) > 0;
    world.see(`fault ${code}`);
    if (code === "version_unknown" && tab !== undefined) history.add(tab.name);
    if (code === "epoch_changed" && unsent) world.see("epoch-pending");
    if (code === "readonly" && unsent) world.see("read-only-pending");
    if (code === "forbidden" && unsent && world.door.rights(link.client) === "none")
      world.see("forbidden-pending");
    if (name === "submit" && pendingOf(tab) > 0) world.see("refused-then-pending");
  }

  return {
    asked(link, name, body) {
      if (name === "ops") world.see("hole-asked");
      if (name === "open") {
        opens(tabOf(link), body as Requests["open"]["body"]);
        people.delete(link);
      }
      if (name === "submit" && (body as Submit).client !== undefined) world.see("sent-for-another");
    },

    answered(link, name, body, reply: Answer<RequestName>) {
      if ("fault" in reply) {
        if (reply.fault.code === "internal" && !world.refusals.has("internal")) {
          world.fail(`${link.tab} was answered with internal: ${reply.fault.message}`);
        }
        if (reply.fault.code === "seq_reused" && !world.asked.has("seq_reused")) {
          world.fail(`${link.tab} has given two ops one name: ${JSON.stringify(body)}`);
        }
        refused(link, name, reply.fault);
        return;
      }
      if (name === "open") {
        const list = (reply.ok as Requests["open"]["reply"]).people.map(({ src }) => src);
        people.set(link, new Set(list));
        if (nodeOf.has(link.src) && nodeOf.get(link.src) !== link.node) world.see("changed-node");
        nodeOf.set(link.src, link.node);
      }
      if (name !== "submit") return;
      const { seq, client, op, version: base } = body as Submit;
      const src = client?.id ?? link.src;
      const { version } = reply.ok as Requests["submit"]["reply"];
      if (!world.lives.some((life) => life.made(version, src, seq))) {
        world.fail(`${link.tab} was told that ${src} ${seq} made version ${version}, and it did not`);
      }
      if (op.length >= 3 && version > base + 1) world.see("wide-transform");
    },

    told(link, ops: Events["ops"]["ops"]) {
      const tab = tabOf(link);
      if (tab === undefined || !isLoaded(tab.doc)) return;
      for (const { version } of ops) {
        if (version > tab.doc.version + 1) world.see("early-op");
        if (version <= tab.doc.version) world.see("stale-op");
      }
    },

    event(link, name, body) {
      if (name === "joined") {
        const { src } = (body as Events["joined"]).person;
        if (people.get(link)?.has(src)) world.see("told-again");
        people.get(link)?.add(src);
      }
      if (name === "left") {
        const { src } = body as Events["left"];
        if (people.get(link)?.delete(src) === false)
          world.fail(`${link.tab} heard that ${src} left, who was not there`);
      }
      if (name !== "fault") return;
      const { fault } = body as Events["fault"];
      const inflight = inflightOf(tabOf(link));
      if (fault.code === "token_expired" && inflight !== undefined) world.see("token-ended-inflight");
      refused(link, "open", fault);
    },
  };
}
