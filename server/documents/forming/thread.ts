// The thread on which `work.ts` is done apart from the server's own.

export { perform as default } from "./work.js";
