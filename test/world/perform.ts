// What each step does to a world. Every step fits every state: one that means nothing at the moment does nothing.

import { Fault, faults } from "../../protocol/index.js";
import { type Edit, editOp } from "./edits.js";
import { isUnsent } from "./invariants.js";
import type { Person } from "./people.js";
import type { Step } from "./steps.js";
import { isLoaded, type Tab } from "./tab.js";
import type { World } from "./world.js";

export async function perform(world: World, step: Step): Promise<void> {
  const { people } = world;
  switch (step.do) {
    case "wait":
      return world.pass(step.ms);
    case "arrive":
      return people.arrive();
    case "visit":
      return visit(world, people.all[step.who % people.all.length]!);
    case "device":
      return people.all[step.who % people.all.length]!.device.become(step.is);
    case "rights":
      return rights(world, people.all[step.who % people.all.length]!, step);
    case "token":
      return token(world, people.all[step.who % people.all.length]!, step);
    default:
      if (!("who" in step)) return server(world, step);
  }
  const tab = people.tabs.at(step.who % people.tabs.length);
  if (tab !== undefined) ofTab(world, tab, step);
}

type OfTab = Exclude<Extract<Step, { who: number }>, { do: "visit" | "device" | "rights" | "token" }>;
type OfServer = Exclude<Step, { who: number } | { do: "wait" | "arrive" }>;

function ofTab(world: World, tab: Tab, step: OfTab): void {
  const { people, network } = world;
  const { doc, person } = tab;
  const weather = network.weather(person);
  const writable = isLoaded(doc) && doc.writable;
  switch (step.do) {
    case "type":
    case "patch":
    case "delete":
    case "format":
    case "heading":
    case "split":
    case "join":
      if (writable) edit(world, tab, step);
      break;
    case "undo":
      if (writable) doc.undo();
      break;
    case "redo":
      if (writable) doc.redo();
      break;
    case "select":
      if (isLoaded(doc)) {
        const place = (at: number) => at % (doc.snapshot.length + 1);
        doc.presence.update({ anchor: place(step.anchor), head: place(step.head) });
      }
      break;
    case "recover": {
      const kept = doc.recovered[step.which % doc.recovered.length];
      if (kept === undefined || !writable || !doc.restore(kept.id)) break;
      world.markers.broughtBack(kept.text);
      world.see("edit-restored");
      break;
    }
    case "discard": {
      const kept = doc.recovered[step.which % doc.recovered.length];
      if (kept !== undefined && doc.discard(kept.id)) world.markers.excuse(JSON.stringify(kept));
      break;
    }
    case "cut":
      network.cut(person, step);
      break;
    case "restore":
      weather.cut = false;
      break;
    case "lose":
      weather.loseOps += step.count;
      break;
    case "repeat":
      weather.repeatOps += step.count;
      break;
    case "delay":
      weather.delayOps += step.count;
      weather.delayMs = step.ms;
      break;
    case "mute":
      weather.loseAnswers += step.count;
      break;
    case "leave":
      people.leave(tab);
      break;
    case "reopen":
      if (tab.client.status === "closed") break;
      world.see("reopen");
      people.reopen(tab);
      break;
    case "close":
      people.close(tab);
      break;
    case "kill":
      if (step.after === 0) people.kill(tab);
      else tab.killIn(step.after);
      break;
    case "skew":
      tab.clock.skewMs = step.ms;
      world.see("clock-jump");
      break;
  }
}

function edit(world: World, tab: Tab, step: Edit): void {
  const { doc, person, name } = tab;
  const undoable = step.do !== "type" || !step.quiet;
  const count = step.do === "patch" ? 2 : step.do === "type" ? step.count : 0;
  const text = world.markers.type({ by: person, tab: name, undoable }, count);
  const op = editOp(step, doc.snapshot, text);
  if (op !== undefined) doc.submit(op, { undoable });
  const unsent = world.people.tabs.filter((other) => other.person === person && other.doc.unsaved > 0);
  if (unsent.length > 1) world.see("two-tabs");
  const { storage } = doc.save;
  if (storage !== "durable") world.see(`typed while ${storage}`);
}

/** Somebody opens a tab, perhaps without a network. */
function visit(world: World, person: Person): void {
  const left = person.device.records.filter(({ live, record }) => !live && isUnsent(record));
  const tab = world.people.visit(person);
  if (tab === undefined || left.length === 0) return;
  if (world.network.weather(person.name).cut) world.see("opened-offline");
}

function rights(world: World, person: Person, { are }: Extract<Step, { do: "rights" }>): void {
  world.door.allow(person.name, are);
  world.refusals.add("forbidden");
}

/** What is asked of whoever gives tokens next; a token that is to end is given at once. */
function token(world: World, { name }: Person, { is }: Extract<Step, { do: "token" }>): void {
  world.door.next(name, is);
  if (is !== "ending") return;
  const { cut } = world.network.weather(name);
  world.network.cut(name, { arrives: true, silent: false });
  world.network.weather(name).cut = cut;
}

function server(world: World, step: OfServer): void {
  const { nodes, network, station, truth, schedule } = world;
  const node = "node" in step && step.node !== undefined ? step.node % (schedule.nodes ?? 1) : 0;
  switch (step.do) {
    case "restart":
      nodes.crash(node, step.ms);
      break;
    case "drain":
      nodes.drain(node, step.ms);
      break;
    case "crash": {
      const { ms, after, at, power = false } = step;
      if (after !== undefined) nodes.plan({ ms, after, power, ...(at !== undefined && { at }) });
      else {
        network.onNextRelay = (which) => {
          world.see("crash-before-relay");
          nodes.crash(which, ms);
        };
      }
      break;
    }
    case "power":
      nodes.cutPower(step.ms);
      break;
    case "pause":
      if (step.at === undefined) nodes.pause(node, step.ms);
      else nodes.pauseAt(step.at, step.ms);
      break;
    case "bus":
      nodes.spoilBus(step.count);
      break;
    case "disk":
      if (station.disk !== undefined) station.disk.state = step.is;
      break;
    case "unanswered":
      if (station.disk !== undefined) station.disk.unanswered += step.count;
      break;
    case "prune":
      station.prune?.();
      break;
    case "remove":
      remove(world);
      break;
    case "copy":
      station.copy?.();
      world.copied = { life: truth, version: truth.version, over: truth.over };
      break;
    case "rewind":
      rewind(world, step.ms);
      break;
    case "refuse":
      // With a copy of the op in another node, nobody says that its client id is not known.
      if (station.core === undefined || (faults[step.fault] === "rename" && schedule.nodes === 2)) break;
      station.core.refuseNext = new Fault(step.fault, "not this one", { retryAfterMs: 300 });
      world.asked.add(step.fault);
      if (faults[step.fault] !== "drop") world.refusals.add(step.fault);
      break;
  }
}

/** Whatever is committed may go with the document; what is not, may not. */
function remove(world: World): void {
  const { station, nodes, people, truth } = world;
  if (truth.over || truth.version === truth.before) return;
  for (const code of ["forbidden", "document_deleted"]) world.refusals.add(code);
  if (people.tabs.some(({ doc }) => doc.unsaved > 0)) world.see("deleted-pending");
  world.removing = true;
  station.remove?.();
  nodes.deleted("document", truth.version + 1);
}

/** An older copy is put back: what was committed since is lost, but to those who have it. */
function rewind(world: World, ms: number): void {
  const { station, nodes, copied, people, markers, truth } = world;
  if (copied === undefined || station.rewind === undefined) return;
  for (const code of ["forbidden", "document_deleted"]) world.refusals.add(code);
  nodes.cutPower(ms);
  station.rewind();
  const had = truth.text;
  world.lives.push(copied.life.fork(copied.version));
  world.truth.over = copied.over;
  const there = [world.truth.text, ...people.texts()];
  markers.excuse(markers.missingFrom(there).filter((character) => had.includes(character)));
}
