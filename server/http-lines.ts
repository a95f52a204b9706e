// Answers that wait behind others on their line. Of two requests that come at once over one line both are worked on, but the second
// answer is given the line only when the first is done; and where the line goes before that, Node does not tell the second one. What
// waits for an answer to end, so as to count it no more, would wait for ever: so it is told here.

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Has every answer that is given after this close when its line does. */
export function closeWithLines(app: FastifyInstance): void {
  /** Of each line that has had any: the answers that wait for it. */
  const queues = new WeakMap<Socket, Set<ServerResponse>>();

  function queueOf(line: Socket): Set<ServerResponse> {
    const known = queues.get(line);
    if (known !== undefined) return known;
    const queue = new Set<ServerResponse>();
    queues.set(line, queue);
    line.once("close", () => {
      for (const answer of queue) {
        answer.destroy();
        answer.emit("close");
      }
    });
    return queue;
  }

  app.addHook("onRequest", async ({ raw: { socket } }, { raw: answer }) => {
    if (answer.socket !== null) return;
    const queue = queueOf(socket);
    queue.add(answer);
    answer.once("socket", () => queue.delete(answer));
  });
}
