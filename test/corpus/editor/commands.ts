// What commands once did wrong. Each: the state before, the command, the state after (see `test/editor/write.ts`).

import type { Command } from "prosemirror-state";
import { forwardDelete } from "../../../client/prosemirror/commands.js";

export const changes: readonly {
  readonly bug: string;
  readonly before: string;
  readonly command: Command;
  readonly after: string;
}[] = [
  {
    bug: "Delete before a code block joined its line feeds into the paragraph as they were.",
    before: "a‸\n\n```\nb\nc\n```",
    command: forwardDelete,
    after: "a‸b\\\nc",
  },
  {
    bug: "Delete in an empty block looked at the block behind instead, and joined code as it was.",
    before: "#  ‸\n\n```\nb\nc\n```",
    command: forwardDelete,
    after: "# ‸b<br>c",
  },
];
