// The entry point `interline/testing`: the simulated world and the generators that our own suites run on, for those who
// build on the engine. Needs `fast-check` beside it.

export * as arbitraries from "./arbitraries/index.js";
export * as world from "./world/index.js";
