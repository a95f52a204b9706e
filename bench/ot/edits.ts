// Single characters put in and taken out anywhere, in documents of three sizes: what an edit costs must hardly grow with them.
//
// The floor says how much of that growth is the machine's: the way from the root to a chunk is copied, in a tree of the same
// shape, and nothing else is done. In 10 MB what lies on that way is in no cache.

import { plainText } from "../../ot/index.js";
import { Branch, Chunk, type Node } from "../../ot/rope/tree.js";
import { type Claim, type Result, type Row, type Section, type Table, timed, valueIn } from "./frame.js";
import {
  codemirror,
  jsonJoy,
  type Library,
  plainImmutable,
  plainTransient,
  richImmutable,
  richTransient,
} from "./libraries.js";
import { prose, scattered } from "./sessions.js";
import { replaying } from "./typing.js";

const EDITS = 20_000;
const ROUNDS = 5;
const sizes = [
  { name: "1 KB", characters: 1_000 },
  { name: "100 KB", characters: 100_000 },
  { name: "10 MB", characters: 10_000_000 },
] as const;
/** The text stays what it was. */
const copying: Library<number> = {
  name: "the way down copied (floor)",
  given: ({ at }) => at,
  open(base) {
    let { root } = plainText.create(base).rope;
    return {
      edit(at) {
        root = copied(root, at % root.atoms);
      },
      text: () => base,
    };
  },
};

function copied(node: Node, at: number): Node {
  const { atoms, units, blocks } = node;
  if (node instanceof Chunk) return new Chunk(node.runs.slice(), atoms, units, blocks);
  const children = node.children.slice();
  let index = 0;
  let left = at;
  for (let size = children[0]!.atoms; left >= size; size = children[index]!.atoms) {
    left -= size;
    index++;
  }
  children[index] = copied(children[index]!, left);
  return new Branch(children, node.height, atoms, units, blocks);
}

const ours = [plainImmutable, plainTransient, richImmutable, richTransient] as const;

export const edits: Section = {
  name: "edits",
  async run(): Promise<Result> {
    const joy = await jsonJoy();
    const tables: Table[] = [];
    for (const { name, characters } of sizes) {
      const session = scattered({ edits: EDITS, base: prose(characters) });
      // Of what is random in 10 MB, json-joy does some thousand in a second.
      const joyful = { ...replaying(joy, session), rounds: 1 };
      const candidates = [
        replaying(plainImmutable, session),
        replaying(plainTransient, session),
        replaying(richImmutable, session),
        replaying(richTransient, session),
        replaying(codemirror, session),
        replaying(copying, { ...session, final: session.base }),
        ...(characters > 100_000 ? [] : [joyful]),
      ];
      tables.push({
        title: `Random single edits in ${name}: ${EDITS} of them`,
        unit: "µs of processor time for each",
        better: "less",
        rows: timed(candidates, ROUNDS).map((row) => ({ ...row, value: (row.value * 1000) / EDITS })),
      });
    }
    return {
      tables,
      claims: ours.map(({ name }) =>
        growth(
          name,
          tables.map(({ rows }) => rows),
        ),
      ),
    };
  },
};

function growth(name: string, bySize: readonly (readonly Row[])[]): Claim {
  const values = bySize.map((rows) => valueIn(rows, name));
  return {
    what: `${name}: the costliest size for the cheapest`,
    value: Math.max(...values) / Math.min(...values),
    bound: { most: 3 },
  };
}
