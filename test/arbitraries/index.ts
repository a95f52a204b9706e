// Generators of documents and ops of both types, for the laws here and in integrators' own suites.

export { type Dice, dice } from "./dice.js";
export { plainDocument, plainOpOn, plainSteps, rollPlainOp, rollText } from "./plain.js";
export { richDocument, richOpOn, richSteps, rollRichDocument, rollRichOp } from "./rich.js";
export { type PlainStep, plainOpFrom, type RichStep, richOpFrom } from "./steps.js";
