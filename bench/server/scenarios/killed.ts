// The server is killed a tenth of a second after the last keystroke, the writer goes away, another server starts on the same
// folder, and a newcomer looks: of what the writer was told is there, what is there?

import { cleanUp } from "../../../test/server/harness.js";
import { startPostgres } from "../../../test/services/postgres.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { keepingSystems } from "../systems/index.js";
import { POSTGRES } from "../systems/sharedb.js";
import { sleep } from "../typing.js";

const SINGLE = 3;
const BURST = 60;
const KILLED_MS = 100;
const ANSWER_MS = 2_000;
const DOC = "killed";

export const killed: Scenario = {
  name: "killed",
  about: `${SINGLE} keystrokes, each answered before the next, then ${BURST} at once, and kill -9 after ${KILLED_MS} ms: keystrokes that were answered for, and that a newcomer finds after a restart.`,
  async run(context) {
    const systems = context.systems.filter(({ converges }) => converges);
    const keeping = keepingSystems.filter(({ name }) =>
      systems.some((system) => name.startsWith(system.name)),
    );
    if (keeping.some(({ name }) => name === "sharedb-postgres"))
      process.env[POSTGRES] = await (await startPostgres()).newDatabase();
    try {
      await eachSystem(
        { ...context, systems: [...systems, ...keeping] },
        [KILLED_MS],
        (ms) => `kill -9 after ${ms} ms`,
        (system) => withServer(system, measure),
      );
    } finally {
      await cleanUp();
    }
  },
};

async function measure(served: Served): Promise<Outcome> {
  // Not an empty one: the adapter for PostgreSQL takes that for none.
  await served.seed(DOC, ".");
  const [writer] = await served.join(1, DOC);
  const type = () => writer!.splice({ at: 0, removed: 0, inserted: "k" });
  const answeredWithin = (ms: number) =>
    Promise.race([writer!.saved().then(() => true), sleep(ms).then(() => false)]);
  let answered = 0;
  for (let nth = 0; nth < SINGLE; nth++) {
    type();
    if (await answeredWithin(ANSWER_MS)) answered++;
  }
  for (let nth = 0; nth < BURST; nth++) type();
  const typed = performance.now();
  if (await answeredWithin(KILLED_MS)) answered += BURST;
  await sleep(Math.max(0, typed + KILLED_MS - performance.now()));
  await served.killed();
  await served.leave();
  await served.restart();
  const [newcomer] = await served.join(1, DOC);
  // LevelDB is read after the newcomer has been answered.
  await sleep(ANSWER_MS / 2);
  const survived = newcomer!.text.replaceAll(/[^k]/g, "").length;
  return {
    figures: {
      typed: SINGLE + BURST,
      answered,
      "there after the restart": survived,
      "answered and gone": Math.max(0, answered - survived),
    },
  };
}
