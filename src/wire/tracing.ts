import type { components } from "../../generated/paths.js";
import { thrownText } from "../callback.js";
import type { Settings } from "../settings.js";
import { newTraceId, parseTraceparent } from "../protocol/trace.js";

/** The answer header that echoes the trace id; a request carries it under the same name. */
export const TRACE_HEADER: keyof components["headers"] = "X-Cycles-Trace-Id";

const NAME = TRACE_HEADER.toLowerCase();

/** The caller's own trace context where there is one, else a trace id. (Protocol: correlation and tracing.) */
export function traceHeaders(
  settings: Settings,
  traceId: string = newTraceId(),
): Record<string, string> {
  const traceparent = callersContext(settings);
  return traceparent === undefined ? { [NAME]: traceId } : { traceparent };
}

/** `undefined` if there is none, or none that can be sent: no tracer may stop a request. */
function callersContext(settings: Settings): string | undefined {
  let context: unknown;
  try {
    context = settings.traceparent();
  } catch (error) {
    sayOnce(settings, `it threw ${thrownText(error)}`);
    return undefined;
  }
  if (context === undefined || context === null || context === "") return undefined;
  if (typeof context !== "string") {
    // A promise of it would be too late; its rejection must not go unhandled.
    Promise.resolve(context).catch(() => undefined);
    sayOnce(settings, `it returned ${typeof context === "object" ? "an object" : typeof context}`);
    return undefined;
  }
  if (parseTraceparent(context) !== undefined) return context;
  sayOnce(settings, "it is no W3C trace context of version 00");
  return undefined;
}

/** The callbacks that were reported: it would be the same for each request. */
const reported = new WeakSet<Settings["traceparent"]>();

function sayOnce({ traceparent, notify }: Settings, what: string): void {
  if (reported.has(traceparent)) return;
  reported.add(traceparent);
  const message = `${what}, so requests carry a trace id of the client's own`;
  notify({ type: "callback_failed", callback: "traceparent", message });
}
