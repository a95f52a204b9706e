// How people write, for suites, load and fuzzing: what they mean to do and when (`intents.ts`), and what that does to a
// document (`writer.ts`).
//
//     const draw = arbitraries.random(seed);
//     const writer = new humans.Writer(doc);
//     for (const { afterMs, intent } of humans.session(draw)) { await sleep(afterMs); writer.does(intent); }

export {
  type Beat,
  graphemes,
  type Habits,
  habits,
  type Intent,
  type ListKind,
  session,
  somebody,
} from "./intents.js";
export { type Deed, onPlain, onRich, Writer } from "./writer.js";
