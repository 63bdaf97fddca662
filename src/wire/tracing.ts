import type { components } from "../../generated/paths.js";
import type { Settings } from "../options.js";
import { newTraceId, parseTraceparent } from "../trace.js";

/** The answer header that echoes the trace id; a request carries it under the same name. */
export const TRACE_HEADER: keyof components["headers"] = "X-Cycles-Trace-Id";

const NAME = TRACE_HEADER.toLowerCase();

/** The caller's own trace context where there is one, else a trace id. (Protocol: correlation and tracing.) */
export function traceHeaders(
  settings: Settings,
  traceId: string = newTraceId(),
): Record<string, string> {
  const traceparent = settings.traceparent();
  return traceparent !== undefined && parseTraceparent(traceparent) !== undefined
    ? { traceparent }
    : { [NAME]: traceId };
}
