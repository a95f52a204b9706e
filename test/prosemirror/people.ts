// A few people in one document, each with an editor, over a server in the same thread.

import { expect } from "chai";
import type { Plugin } from "prosemirror-state";
import type { SharedDocument } from "../../client/index.js";
import { collab } from "../../client/prosemirror/collab.js";
import { project } from "../../client/prosemirror/projection.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import { createHub, type Hub } from "../client/hub.js";
import { VirtualClock } from "../world/clock.js";
import { settled, TestEditor } from "./editor.js";

export interface Person {
  readonly doc: SharedDocument<RichSnapshot, RichOp>;
  readonly editor: TestEditor;
}

export interface People {
  readonly hub: Hub<RichSnapshot, RichOp>;
  /** The editors' own clock, for compositions. */
  readonly clock: VirtualClock;
  readonly ann: Person;
  readonly bo: Person;
  readonly cy: Person;
}

/** Three people in a document of this wire form, loaded; Ann's editor has further plugins. */
export async function people(wire: unknown, plugins: readonly Plugin[] = []): Promise<People> {
  const hub = createHub("rich", wire);
  const clock = new VirtualClock(0);
  const enter = (name: string, more: readonly Plugin[]): Person => {
    const doc = hub.open(name);
    return { doc, editor: new TestEditor([collab(doc, { clock }), ...more]) };
  };
  const all = { hub, clock, ann: enter("ann", plugins), bo: enter("bo", []), cy: enter("cy", []) };
  await settled();
  return all;
}

/** All editors show what the server has. */
export async function expectAllSame({ hub, ann, bo, cy }: People): Promise<void> {
  await settled();
  const shown = project(hub.snapshot as RichSnapshot);
  for (const { doc, editor } of [ann, bo, cy]) {
    expect(JSON.stringify(doc.snapshot)).to.equal(JSON.stringify(hub.snapshot));
    if (!editor.doc.eq(shown)) expect(editor.doc.toJSON()).to.deep.equal(shown.toJSON());
  }
}
