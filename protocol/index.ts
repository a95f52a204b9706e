// What both ends know of each other: the messages, their decoder, the faults, copies that are nobody else's, and time as both see it.

export type * from "./api.js";
export { API_PATHS } from "./api.js";
export * from "./clock.js";
export * from "./copies.js";
export * from "./decode.js";
export * from "./faults.js";
export * from "./messages.js";
export * from "./roles.js";
export { badName, isDocumentId, isStorable } from "./shape.js";
export * from "./short.js";
export * from "./tags.js";
export * from "./values.js";
export * from "./versions.js";
