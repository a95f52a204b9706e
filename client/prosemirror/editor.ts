// What the binding and ProseMirror's view know of each other: the few things of a view that are used, and what is said
// about each transaction that the binding makes.

import type { EditorView } from "prosemirror-view";
import type { RichOp } from "../../ot/index.js";
import type { Change } from "../types.js";

/** What of a view is used. */
export type Editor = Pick<
  EditorView,
  "state" | "composing" | "isDestroyed" | "dispatch" | "updateState" | "setProps"
>;

/** What is said about each transaction of ours, under the plugin's key. */
export interface Origin {
  /** As in {@link Change}; `normal`: what was typed is now shown the way the document holds it. */
  readonly origin: Change["origin"] | "normal";
  readonly op: RichOp;
  /** User id and client id of whoever made the change; of several shown at once, the last one's. */
  readonly author: string;
  readonly src: string;
}
