// What a stranger may send, and the fault it is answered with. Each of these must leave the document, the process and
// everybody else as they were. Written as text, because much of it no JSON writer would write.

import { names, notices, shapes } from "./messages.js";
import { plainOps, richOps } from "./ops.js";
import type { Hostile } from "./vector.js";

export const hostile: readonly Hostile[] = [...plainOps, ...richOps, ...names, ...shapes, ...notices];

/** Frames that are no Socket.IO packets, or none that a client may send: they end their own connection. */
export const poison: readonly string[] = [
  "9",
  "42",
  "42[",
  "42{}",
  "42[]",
  '42["connect"]',
  '42["disconnect"]',
  '42["newListener"]',
  '459999999-["open",{"_placeholder":true,"num":0}]',
  '451-["open",{"_placeholder":true,"num":-1}]',
  "43",
  '430["unasked"]',
  "44",
  "40/admin,",
  `42${"[".repeat(200_000)}`,
  `42["open",${'{"a":'.repeat(50_000)}`,
  "4",
  "42[null]",
  '42["open",',
];
