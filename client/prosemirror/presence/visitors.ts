// Who comes to a document, who leaves it, and who takes another name, as a person would count: another tab of somebody who
// is here anyway, or of our own, is nobody coming.

import type { Participant, SharedDocument } from "../../types.js";
import type { Gathering } from "./gathering.js";

/** Has everybody who comes and goes gathered in `into`, and calls `told`. @returns what ends it */
export function onVisitors(doc: SharedDocument, into: Gathering, told: () => void): () => void {
  const { presence } = doc;
  const isOurs = ({ user }: Participant) => user.id === presence.self?.user.id;
  const hasTab = ({ src, user }: Participant, name?: string) =>
    presence.people.some(
      (other) =>
        other.src !== src && other.user.id === user.id && (name === undefined || other.user.name === name),
    );
  const stops = (["joined", "left"] as const).map((how) =>
    presence.on(how, (person) => {
      if (isOurs(person) || hasTab(person)) return;
      into[how](person.user.id, person.user.name);
      told();
    }),
  );
  // Each of their tabs says so; the first is believed.
  const stopNames = presence.on("renamed", ({ person, before }) => {
    if (isOurs(person) || hasTab(person, person.user.name)) return;
    into.renamed(person.user.id, before, person.user.name);
    told();
  });
  return () => {
    for (const stop of [...stops, stopNames]) stop();
  };
}
