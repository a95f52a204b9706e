// Contents in other forms than ops: a document replaced by what somebody has edited elsewhere, and edits at quotes.

import { Fault } from "../../protocol/index.js";
import type { Core, WritesContents } from "./types.js";

export function createContents(_core: Core): WritesContents {
  const unbuilt = async () => {
    throw new Fault("unavailable", "Not built yet.");
  };
  return { replace: unbuilt, edit: unbuilt };
}
