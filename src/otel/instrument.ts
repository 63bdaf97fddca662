import {
  context,
  isSpanContextValid,
  type Meter,
  metrics,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { CyclesClient } from "../index.js";
import { BudgetMetrics } from "./metrics.js";
import { BudgetSpans } from "./spans.js";

/** What {@link instrument} uses. */
export interface TelemetryOptions {
  /** Makes the spans. Default: the tracer `cycles-client` of the global provider. */
  readonly tracer?: Tracer;
  /** Makes the metrics. Default: the meter `cycles-client` of the global provider. */
  readonly meter?: Meter;
  /**
   * Whether each reserve and each settlement has a span of its own, besides the attributes of the
   * active span. Default `false`.
   */
  readonly spans?: boolean;
}

/**
 * Shows the budget of a client in OpenTelemetry. The span that is active when work reserves gets
 * attributes such as `cycles.decision` and `cycles.charged`. Metrics count denials, spends and
 * the time of reserves. Requests carry the `traceparent` of the active span.
 *
 * It makes no span for the work: the instrumentation of your SDK has one. It covers the client, its
 * children and its parents, so call it once for all of them. Failures of the tracer or the meter
 * never reach your code.
 *
 * @returns a function that removes all of it
 * @example
 * ```ts
 * import { CyclesClient } from "cycles-client";
 * import { instrument } from "cycles-client/otel";
 * const cycles = new CyclesClient();
 * const uninstrument = instrument(cycles);
 * ```
 */
export function instrument(
  client: Pick<CyclesClient, "instrument">,
  options: TelemetryOptions = {},
): () => void {
  const { tracer = trace.getTracer(NAME), meter = metrics.getMeter(NAME), spans = false } = options;
  const budgetMetrics = new BudgetMetrics(meter);
  const budgetSpans = new BudgetSpans(spans ? tracer : undefined);
  // Two listeners, because a failure of one does not stop the other.
  const removals = [
    client.instrument({
      onNotice: (notice) => {
        budgetSpans.add(notice);
      },
      traceparent: activeTraceparent,
    }),
    client.instrument({
      onNotice: (notice) => {
        budgetMetrics.add(notice);
      },
    }),
  ];
  return () => {
    for (const remove of removals) remove();
  };
}

const NAME = "cycles-client";

/** The active span in the format of W3C Trace Context, sampled or not; undefined if there is none. */
function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
