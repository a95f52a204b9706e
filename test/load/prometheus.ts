// What load measures, in Prometheus' words: for a file at the end, or for a scraper while it runs.

import { createServer } from "node:http";
import { Gauge, Registry } from "prom-client";
import { type Measures, percentilesShown, type Timing } from "./measure.js";

export class Exposition {
  readonly #registry = new Registry();

  constructor(measures: () => Measures | undefined) {
    const gauge = (name: string, help: string, read: (from: Measures) => number) =>
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          const from = measures();
          if (from !== undefined) this.set(read(from));
        },
      });
    gauge("interline_load_keystrokes_sent_total", "Keystrokes so far.", ({ sent }) => sent);
    gauge("interline_load_keystrokes_acknowledged_total", "Of them, acknowledged.", (m) => m.acknowledged);
    gauge("interline_load_seen_total", "Keystrokes that came to somebody else's copy.", ({ seen }) => seen);
    gauge("interline_load_reconnects_total", "Connections lost.", ({ reconnects }) => reconnects);
    this.#errors(measures);
    this.#timing(
      "interline_load_acknowledged_seconds",
      "From when due to acknowledged.",
      measures,
      "toAcknowledged",
    );
    this.#timing("interline_load_seen_seconds", "From when due to another's copy.", measures, "toSeen");
    this.#timing("interline_load_open_seconds", "From dialling to a document.", measures, "toOpen");
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Serves it at /metrics on loopback. @returns what ends that */
  async serve(port: number): Promise<() => Promise<void>> {
    const server = createServer((_request, response) => {
      this.text().then((text) => response.setHeader("Content-Type", this.#registry.contentType).end(text));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return () => new Promise((resolve) => server.close(() => resolve()));
  }

  #errors(measures: () => Measures | undefined): void {
    new Gauge({
      name: "interline_load_errors_total",
      help: "What went wrong, by its code.",
      labelNames: ["code"],
      registers: [this.#registry],
      collect() {
        for (const [code, count] of measures()?.errors ?? []) this.set({ code }, count);
      },
    });
  }

  #timing(
    name: string,
    help: string,
    measures: () => Measures | undefined,
    of: "toAcknowledged" | "toSeen" | "toOpen",
  ): void {
    new Gauge({
      name,
      help,
      labelNames: ["quantile"],
      registers: [this.#registry],
      collect() {
        const timing: Timing | undefined = measures()?.[of];
        if (timing === undefined || timing.count === 0) return;
        for (const p of percentilesShown)
          this.set({ quantile: String(p / 100) }, timing.percentile(p) / 1000);
      },
    });
  }
}
