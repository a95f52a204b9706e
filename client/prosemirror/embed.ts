// An editor inside an app: commands by name, what the app's toolbar shows, and where the caret was.

export { type CaretStore, hostCaretStore, webCaretStore } from "./embed/caret-place.js";
export { type EmbeddedCommand, embeddedCommands, pickImages, runEmbedded } from "./embed/commands.js";
export { type EmbeddedEditor, type Embedding, embedding } from "./embed/embedding.js";
export { toolbarState } from "./embed/toolbar-state.js";
