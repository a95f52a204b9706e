// The public face of `ot/`: the two document types, their snapshots, and what goes with them.

export { composeAll, diamond } from "./algebra.js";
export { noAttributes } from "./attributes.js";
export { Line, lineAt, lines } from "./blocks.js";
export {
  checkPlainOp,
  checkPlainWire,
  checkRichOp,
  checkRichWire,
} from "./check.js";
export { diffText } from "./diff.js";
export {
  baseLength,
  type Content,
  insertedText,
  lengthChange,
  type PlainOpBuilder,
  plainOp,
  type RichOpBuilder,
  richOp,
} from "./op.js";
export { plainText } from "./plain.js";
export { PlainSnapshot } from "./plain-snapshot.js";
export { transformPosition, transformSelection } from "./position.js";
export { richText } from "./rich.js";
export { type Piece, RichSnapshot } from "./rich-snapshot.js";
export { isBlockEmbed, scopes as textScopes } from "./rope/run.js";
export * from "./types.js";
export {
  cleanUnits,
  codePointLength,
  codePointToUtf16,
  isCleanText,
  startOfPair,
  utf16ToCodePoint,
} from "./unicode.js";
