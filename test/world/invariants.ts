// What must hold in the world: at every moment, and once everything has come to rest.

import type { Snapshot } from "../../ot/index.js";
import type { Person } from "./people.js";
import { isLoaded, type Tab } from "./tab.js";
import type { World } from "./world.js";

/** Wire forms of snapshots that have been looked at. */
const wires = new WeakMap<Snapshot, string>();

function wireOf(snapshot: Snapshot): string {
  const wire = wires.get(snapshot) ?? JSON.stringify(snapshot);
  wires.set(snapshot, wire);
  return wire;
}

/** What holds at every moment. @throws Error */
export function check(world: World): void {
  for (const tab of world.people.tabs) {
    const { name, doc } = tab;
    const { fault } = doc;
    if (fault !== undefined && !world.refusals.has(fault.code))
      throw new Error(`${name} was refused: ${fault.code} ${fault.message}`);
    if (isLoaded(doc) && !tab.left) checkTab(world, tab);
  }
  const missing = world.markers.missingFrom([
    ...world.lives.slice(-1).map(({ text }) => text),
    ...world.people.texts(),
  ]);
  if (missing.length > 0) throw new Error(`${missing.join(" ")} is nowhere any more`);
}

function checkTab(world: World, { name, doc }: Tab): void {
  const shown = wireOf(doc.snapshot);
  const { stage } = doc.save;
  if (doc.status === "saved" && doc.unsaved !== 0)
    throw new Error(`${name} shows saved with ${doc.unsaved} unsaved`);
  // What was given back may be only in the page for a moment; then it says so.
  const [saved, given] = [doc.unsaved === 0, doc.recovered.length > 0 && stage === "typed"];
  if ((stage === "saved") !== saved && !(saved && given))
    throw new Error(`${name} is ${stage} with ${doc.unsaved} unsaved`);
  // Who has not heard of the newest life is still in an earlier one.
  const was = world.lives.some((life) => life.was(doc.version, shown));
  if (doc.unsaved === 0 && doc.fault === undefined && !was) {
    throw new Error(
      `${name} shows ${shown} as version ${doc.version}, it is ${world.truth.wire(doc.version)}`,
    );
  }
  if (!world.lives.some(({ version }) => doc.version <= version))
    throw new Error(`${name} is ahead of the ledger`);
  for (const { selection } of doc.presence.people) {
    const [least, most] =
      selection === null ? [0, 0] : [selection.anchor, selection.head].sort((a, b) => a - b);
    if (least! < 0 || most! > doc.snapshot.length)
      throw new Error(`${name} sees a caret outside: ${least}–${most}`);
  }
}

/** Whether everybody has everything, and no device anything that is unsent. */
export function settled(world: World): boolean {
  const { truth, people } = world;
  // Who has not heard of the newest life may be at the same version of another.
  const isHere = ({ doc }: Tab) =>
    doc.status === "saved" && doc.version === truth.version && truth.was(doc.version, wireOf(doc.snapshot));
  return people.quiet && people.tabs.every(isHere) && people.all.every((person) => !hasLeft(person));
}

/**
 * What is wrong with the people that everybody sees: they are those who are there, in the same colours everywhere, and
 * each person has one that nobody else has.
 */
export function peopleWrong({ people: { tabs } }: World): string | undefined {
  const there = new Set(tabs.map(({ doc }) => doc.presence.self?.src));
  const colors = new Map<string, number>();
  for (const { name, doc } of tabs) {
    const { self, people } = doc.presence;
    if (self === undefined) return `${name} does not know itself`;
    if (people.length !== there.size - 1 || people.some(({ src }) => !there.has(src)))
      return `${name} sees ${people.map(({ src }) => src).join()}, there are ${[...there].join()}`;
    for (const { user, color } of [self, ...people]) {
      if ((colors.get(user.id) ?? color) !== color) return `${user.id} has two colours`;
      colors.set(user.id, color);
    }
  }
  return new Set(colors.values()).size < colors.size ? "two people have one colour" : undefined;
}

/** Whether something unsent is on somebody's device. */
export const hasLeft = ({ device }: Person) => device.records.some(({ record }) => isUnsent(record));

export const isUnsent = ({ inflight, pending }: { inflight?: unknown; pending: readonly unknown[] }) =>
  inflight !== undefined || pending.length > 0;

/** Everybody ends with one document, and every character is in it or kept for its author. @throws Error */
export function finalText(world: World): void {
  const { truth, people, markers } = world;
  for (const { doc, name } of people.tabs) {
    const shown = wireOf(doc.snapshot);
    if (shown !== truth.wire()) throw new Error(`${name} ends with ${shown}, not ${truth.wire()}`);
  }
  const kept = [...people.texts()];
  const missing = markers.missingFrom([truth.text, ...kept]);
  if (missing.length > 0) throw new Error(`${missing.join(" ")} is missing in the end: ${truth.wire()}`);
  const [doubled] = markers.doubled(truth.text);
  if (doubled !== undefined) throw new Error(`${doubled} is there more than once: ${truth.wire()}`);
}

/** One person undoes everything: what they typed is gone, what others typed is not; and redoing it all brings all back. */
export async function undoLaw(world: World): Promise<void> {
  const { people, markers } = world;
  const [tab] = people.tabs;
  const { doc, person } = tab!;
  const [wire, text] = [world.truth.wire(), doc.text];
  let levels = 0;
  while (doc.undo()) levels++;
  await world.rest();
  const left = new Set(doc.text);
  for (const character of text) {
    const typed = markers.typed.get(character);
    if (typed !== undefined && typed.by !== person && !left.has(character)) {
      throw new Error(`${person}'s undo took out ${character}, which ${typed.by} typed`);
    }
  }
  for (let i = 0; i < levels; i++) doc.redo();
  await world.rest();
  if (world.truth.wire() !== wire) throw new Error(`undo and redo made ${world.truth.wire()} of ${wire}`);
}
