// The page in place of one that is not to be had. The server has written into it what is the matter
// (`server/page-problem.ts`); it can be read without this.

import "../style/base.css";
import "../style/problem.css";
import { byId } from "../shared/dom.js";
import { applyTheme } from "../shared/theme.js";

applyTheme();
const again = byId("again", HTMLButtonElement);
// What is not there will not be there in a moment either.
again.hidden = Number(document.body.dataset.status) < 429;
again.addEventListener("click", () => location.reload());
