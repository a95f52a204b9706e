// The kit's commands on a shared document: whatever two people do at the same time, everybody ends up with the same one.

import fc from "fast-check";
import { TextSelection } from "prosemirror-state";
import {
  backspace,
  bulletList,
  enter,
  forwardDelete,
  indent,
  insertRule,
  orderedList,
  outdent,
  setBlock,
  softBreak,
  taskList,
  toggleChecked,
  toggleMark,
  toggleQuote,
} from "../../client/prosemirror/commands.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { expectAllSame, type Person, people } from "../prosemirror/people.js";
import { document } from "./arbitraries.js";

const commands = {
  ...{ bulletList, orderedList, taskList, indent, outdent, toggleQuote, toggleChecked },
  ...{ enter, backspace, forwardDelete, softBreak, insertRule },
  ...{ code: setBlock("code"), heading: setBlock("h2"), bold: toggleMark("strong") },
};

const act = fc.record({
  who: fc.constantFrom("ann", "bo"),
  name: fc.constantFrom(...(Object.keys(commands) as (keyof typeof commands)[])),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function perform({ editor }: Person, { name, from, to }: Act): void {
  const { doc } = editor;
  const at = (part: number) => doc.resolve(Math.floor(part * doc.content.size));
  editor.setSelection(TextSelection.between(at(from), at(to)));
  commands[name](editor.state, (tr) => editor.dispatch(tr));
}

describe("commands on a shared document", () => {
  it("leave everybody with the same document, also when they are given at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(
        document,
        fc.array(act, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (doc, acts, apart) => {
          const everybody = await people(linearise(doc));
          const all = () => {
            for (const each of acts) perform(everybody[each.who as "ann" | "bo"], each);
          };
          if (apart) everybody.hub.away(all);
          else all();
          await expectAllSame(everybody);
        },
      ),
      { numRuns: 150 },
    );
  });
});
