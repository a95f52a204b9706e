// What becomes of a command whose output nobody reads any more, as in `interline ls | head -1`: it ends and says nothing about
// it, as any Unix tool does. One that has something to put away first does what it does when it is interrupted.
//
// A server goes on: it writes its log past these streams, and loses what nobody reads.

/** To be called once, before anything is written. */
export function endWithReader(): void {
  let over = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (over) return;
      over = true;
      if (process.listenerCount("SIGINT") > 0) process.emit("SIGINT");
      else process.exit();
    });
}
