// The scenarios, in the order in which they are run.

import type { Scenario } from "../scenario.js";
import { closedLoop } from "./closed-loop.js";
import { documents } from "./documents.js";
import { idle } from "./idle.js";
import { killed } from "./killed.js";
import { openLoop } from "./open-loop.js";
import { opening } from "./opening.js";
import { returning } from "./returning.js";
import { stages } from "./stages.js";

export const scenarios: readonly Scenario[] = [
  openLoop,
  stages,
  closedLoop,
  documents,
  opening,
  returning,
  killed,
  idle,
];
