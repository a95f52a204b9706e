// The scenarios, in the order in which they are run.

import type { Scenario } from "../scenario.js";
import { openLoop } from "./open-loop.js";

export const scenarios: readonly Scenario[] = [openLoop];
