// Names: of versions, and of people.

import { Fault } from "../../protocol/index.js";
import type { Ledger } from "../ports.js";
import type { Names, People } from "./types.js";

export function createNames(_ledger: Ledger, _people: People): Names {
  const unbuilt = async () => {
    throw new Fault("unavailable", "Not built yet.");
  };
  return { versions: unbuilt, name: unbuilt, unname: unbuilt };
}

export function createPeople(_ledger: Ledger): People {
  return {
    remember() {},
    async authors(ids) {
      return Object.fromEntries([...ids].map((id) => [id, { name: id, color: 0 }]));
    },
  };
}
