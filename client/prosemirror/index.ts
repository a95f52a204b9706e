// The public face of the editor binding: a plugin that makes a ProseMirror editor show a shared document, others' carets
// in it, and what most editors need besides: commands, keys, input rules, the clipboard and Markdown.

export * from "./clipboard.js";
export { type CollabOptions, collab, collabKey, documentOf, isRemote, originOf } from "./collab.js";
export * from "./commands.js";
export { type PresenceCursorsOptions, presenceCursors } from "./cursors.js";
export * from "./embed.js";
export type {
  AttributeExtension,
  EmbedExtension,
  Extension,
  FamilyMark,
  FlagMark,
  MarkExtension,
  ValueMark,
} from "./extension.js";
export { redo, undo } from "./history.js";
export * from "./inputrules.js";
export * from "./keymap.js";
export { linearise } from "./linearise.js";
export { type LinkBubbleOptions, type LinkWords, linkBubble, linkKey } from "./links.js";
export * from "./markdown.js";
export * from "./palette.js";
export { type Assoc, atomFromPM, pmFromAtom } from "./positions.js";
export * from "./presence.js";
export { project } from "./projection.js";
export { atomsOfSelection, selectionFromAtoms } from "./remote.js";
export { type ExtendedSchema, extendSchema, schema } from "./schema.js";
export * from "./shortcuts.js";
export * from "./tasks.js";
