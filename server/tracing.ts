// Spans of ops for OpenTelemetry, where somebody has registered a provider for it: without one nothing is made and nothing
// costs anything. The package is there if the operator has installed it (`@opentelemetry/api`); without it, too, nothing.
//
// A span has the names of things and no content: a document's name only as a hash, as a trace goes where documents do not.

import { createHash } from "node:crypto";
import type { Tracer } from "@opentelemetry/api";
import type { Arrival, Journey } from "./journey.js";

export interface Tracing {
  /** Tells of an op at the end of its way. */
  travelled(journey: Journey, arrival: Arrival): void;
}

const NAME = "interline";

export const noTracing: Tracing = { travelled() {} };

/**
 * @param now  the clock that journeys are timed by
 * @param epochNow  milliseconds since the Unix epoch at the same moment
 */
export async function openTracing(now: () => number, epochNow: () => number): Promise<Tracing> {
  const api = await import("@opentelemetry/api").catch(() => undefined);
  if (api === undefined) return noTracing;
  const { context, ProxyTracerProvider, SpanStatusCode, trace } = api;
  const tracer: Tracer = trace.getTracer(NAME);

  return {
    travelled(journey, { doc, type, version, fault, repeated }) {
      const provider = trace.getTracerProvider();
      // One that nothing has been put behind: nobody has registered.
      if (provider instanceof ProxyTracerProvider && provider.getDelegateTracer(NAME) === undefined) return;
      // When journeys began, by the clock on the wall.
      const offset = epochNow() - now();
      const at = (moment: number) => new Date(offset + moment);
      const span = tracer.startSpan("ot.op.submit", {
        startTime: at(journey.began),
        attributes: {
          "ot.document": hashed(doc),
          "ot.type": type,
          "ot.distance": journey.distance,
          "ot.bytes": journey.bytes,
          ...(version === undefined ? {} : { "ot.version": version }),
          ...(repeated === true ? { "ot.repeated": true } : {}),
        },
      });
      if (span.isRecording()) {
        const within = trace.setSpan(context.active(), span);
        for (const { stage, from, to } of journey.passed)
          tracer.startSpan(`ot.op.${stage}`, { startTime: at(from) }, within).end(at(to));
        if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
      }
      span.end(at(journey.ended));
    },
  };
}

const hashed = (doc: string) => createHash("sha256").update(doc).digest("hex").slice(0, 12);
