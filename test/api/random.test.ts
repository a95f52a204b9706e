// Twenty thousand random requests, many at once: no answer is a mistake of ours, each is documented, none is late, and
// somebody who writes meanwhile notices nothing. SEED=… draws the same requests again.

import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { expect } from "chai";
import fc from "fast-check";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, sleep } from "../server/harness.js";
import { type Documentation, startApi } from "./kit.js";
import { type RandomRequest, randomRequests } from "./requests.js";

const REQUESTS = 20_000;
const AT_ONCE = 16;
/** So many go one after the other, while the server compiles what it has not used yet; else all that wait beside are charged for it. */
const FIRST = 500;
const LATE_MS = 1000;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

type Answer = Parameters<Documentation["complaint"]>[2];

function send(port: number, { method, path, headers, body }: RandomRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, method, path, headers, agent, timeout: 20_000 },
      (response) => {
        const parts: Buffer[] = [];
        const answered = () =>
          resolve({
            status: response.statusCode!,
            headers: new Headers(response.headers as Record<string, string>),
            text: Buffer.concat(parts).toString(),
          });
        response.on("data", (part) => {
          parts.push(part);
          // A stream goes on for ever; that it has begun is its answer.
          if (!isStream(response)) return;
          answered();
          sent.destroy();
        });
        response.on("error", (error) => (isStream(response) ? undefined : reject(error)));
        response.on("end", answered);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("No answer came.")));
    sent.on("error", reject);
    sent.end(body);
  });
}

const isStream = ({ headers }: IncomingMessage) =>
  headers["content-type"]?.startsWith("text/event-stream") === true;

describe("random requests", () => {
  afterEach(cleanUp);

  it("are each answered in time by what the OpenAPI document says, and disturb nobody", async function () {
    this.timeout(900_000); // A minute and a half on an idle machine; there may be others on it.
    const many = 1e9;
    const rates = {
      httpPerSecond: many,
      httpBurst: many,
      addressHttpPerSecond: many,
      addressHttpBurst: many,
    };
    const writes = {
      userOpsPerSecond: many,
      userOpsBurst: many,
      addressOpsPerSecond: many,
      addressOpsBurst: many,
    };
    const of = { documentOpsPerSecond: many, documentOpsBurst: many, createdPerHour: many };
    const streams = { addressConnectsPerSecond: many, addressConnectsBurst: many };
    const { server, documentation } = await startApi({ limits: { ...rates, ...writes, ...of, ...streams } });
    await server.documents.create({ id: "a", type: "plain", text: "Tea is hot" });
    await server.documents.create({ id: "b", type: "rich", markdown: "# Tea\n\n- hot\n- sweet" });

    // Of whoever comes over HTTP without a token.
    const hook = await server.webhooks.create({ url: "http://127.0.0.1:9/", documents: ["a"] }, "guest-http");
    const honest = await connectRaw(server.url);
    await honest.request("open", { doc: "honest", type: "plain", create: true });
    let typed = 0;
    let done = false;
    const typing = (async () => {
      while (!done) {
        await honest.request("submit", { doc: "honest", version: typed + 1, seq: typed + 1, op: ["x"] });
        typed++;
        await sleep(20);
      }
    })();

    let slowest = 0;
    let busiest = 0;
    const statuses = new Map<number, number>();
    const complaints: string[] = [];
    const requests = fc.sample(randomRequests(documentation.document, hook.id), { seed, numRuns: REQUESTS });
    let next = 0;
    const worker = async (end: number) => {
      while (next < end) {
        const each = requests[next++]!;
        const [started, worked] = [performance.now(), process.cpuUsage()];
        const answer = await send(server.port, each);
        slowest = Math.max(slowest, performance.now() - started);
        const { user, system } = process.cpuUsage(worked);
        busiest = Math.max(busiest, (user + system) / 1000);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong =
          documentation.complaint(each.method, each.path, answer) ??
          (answer.status >= 500 && ![503, 507].includes(answer.status) ? answer.text : undefined);
        if (wrong !== undefined) complaints.push(`${wrong}\n  ${JSON.stringify(each).slice(0, 500)}`);
      }
    };
    await worker(FIRST);
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(REQUESTS)));
    done = true;
    await typing;
    agent.destroy();

    const said = `seed ${seed}, answers ${JSON.stringify(Object.fromEntries(statuses))}`;
    expect(complaints.slice(0, 5), said).to.deep.equal([]);
    expect(server.log.errors, said).to.deep.equal([]);
    // This process sends and answers and is never idle: by its own time, so that a busy machine makes nothing late.
    expect(busiest, said).to.be.below(LATE_MS);
    expect(statuses.get(200), said).to.be.above(REQUESTS / 40);
    expect((await server.documents.read("honest"))!.text).to.equal("x".repeat(typed));
    figure("api-random", "random requests, each answered as documented", REQUESTS);
    figure("api-random", "slowest answer, in ms", Math.round(slowest));
    figure("api-random", "slowest answer, in ms of computing by sender and server", Math.round(busiest));
    figure("api-random", "answers that say the server made a mistake", 0);
  });
});
