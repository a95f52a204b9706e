// Writes docs/limits.md from the built code: `npm run limits`.

import { writeFileSync } from "node:fs";
import { limitsPage } from "../dist/server/limits-page.js";

writeFileSync(new URL("../docs/limits.md", import.meta.url), limitsPage());
