// Bugs in what programs write in other forms than ops.

import type { Bug } from "../bug.js";

export const formats: readonly Bug[] = [
  {
    bug: "Markdown that is given back takes away what Markdown cannot say.",
    file: "server/formats/replacement.ts",
    code: '  if (form === undefined || type === "plain") return exact();\n',
    instead: '  if (form !== undefined || type === "plain") return exact();\n',
    caughtBy: "test/api/content.test.ts",
    titled: "leave comments, alignment, empty paragraphs and unknown embeds where they are",
  },
  {
    bug: "A merge that reads otherwise than what was given is committed.",
    file: "server/formats/replacement.ts",
    code: "if (writeSnapshot(type, apply(base, op), form) === wanted) return op;",
    instead: "if (writeSnapshot(type, apply(base, op), form) !== undefined) return op;",
    caughtBy: "test/api/content.test.ts",
    titled: "read as what was given, whatever else the document holds, as markdown",
  },
  {
    bug: "A quote that stands in several places is replaced at the first of them.",
    file: "server/documents/edits/places.ts",
    code: "  if (nth === undefined && found.length > 1) {",
    instead: "  if (nth === undefined && found.length > 99) {",
    caughtBy: "test/api/edits.test.ts",
    titled: "are told apart by what stands around them, or by their number",
  },
  {
    bug: "HTML may nest as deeply as it likes.",
    file: "server/formats/html.ts",
    code: "      if (depth > MAX_HTML_DEPTH) throw",
    instead: "      if (depth > MAX_HTML_DEPTH * 1e6) throw",
    caughtBy: "test/api/html.test.ts",
    titled: "is done with within seconds, when it is hostile: as deep as there may be elements",
  },
  {
    bug: "Blocks put before the first one are put before the first marker.",
    file: "server/documents/edits/index.ts",
    code: "const op = keepFirstMarker(snapshot, yield* richEdit(snapshot, rows, target, edit, index));",
    instead: "void keepFirstMarker;\n      const op = yield* richEdit(snapshot, rows, target, edit, index);",
    caughtBy: "test/api/edits.test.ts",
    titled: "put blocks before the first one",
  },
];
