// Who comes to a document and who leaves it, as a person would count: another tab of somebody who is here anyway, or of our
// own, is nobody coming.

import type { User } from "../../../protocol/index.js";
import type { Participant, SharedDocument } from "../../types.js";

/** Tells of everybody who comes and goes. @returns what ends it */
export function onVisitors(
  doc: SharedDocument,
  tell: (how: "joined" | "left", user: User) => void,
): () => void {
  const { presence } = doc;
  const isHereAnyway = ({ src, user }: Participant) =>
    user.id === presence.self?.user.id ||
    presence.people.some((other) => other.src !== src && other.user.id === user.id);
  const stops = (["joined", "left"] as const).map((how) =>
    presence.on(how, (person) => isHereAnyway(person) || tell(how, person.user)),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
