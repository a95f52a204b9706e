export * from "./clock.js";
export * from "./decode.js";
export * from "./faults.js";
export * from "./messages.js";
