import type { components } from "../../generated/paths.js";
import { thrownText } from "../callback.js";
import type { Notify } from "../notices.js";
import type { Settings } from "../settings.js";
import { newTraceId, parseTraceparent } from "../protocol/trace.js";

/** The header that carries the trace id, in requests and responses. */
export const TRACE_HEADER: keyof components["headers"] = "X-Cycles-Trace-Id";

const NAME = TRACE_HEADER.toLowerCase();

/**
 * The caller's trace context, or a trace id if there is none. (Protocol: correlation and tracing.)
 */
export function traceHeaders(
  settings: Settings,
  traceId: string = newTraceId(),
): Record<string, string> {
  const traceparent = callersContext(settings);
  return traceparent === undefined ? { [NAME]: traceId } : { traceparent };
}

/** `undefined` if there is none or it cannot be sent, because a tracer must not stop a request. */
function callersContext(settings: Settings): string | undefined {
  let context = contextFrom(settings.traceparent, settings);
  for (const source of settings.traceparents) context ??= contextFrom(source, settings);
  return context;
}

function contextFrom(source: Settings["traceparent"], { notify }: Settings): string | undefined {
  let context: unknown;
  try {
    context = source();
  } catch (error) {
    sayOnce(source, notify, `it threw ${thrownText(error)}`);
    return undefined;
  }
  if (context === undefined || context === null || context === "") return undefined;
  if (typeof context !== "string") {
    // A promise would resolve too late, but its rejection must be handled.
    Promise.resolve(context).catch(() => undefined);
    sayOnce(
      source,
      notify,
      `it returned ${typeof context === "object" ? "an object" : typeof context}`,
    );
    return undefined;
  }
  if (parseTraceparent(context) !== undefined) return context;
  sayOnce(source, notify, "it is not a W3C trace context of version 00");
  return undefined;
}

/** The callbacks whose failure was reported, so that not every request reports it. */
const reported = new WeakSet<Settings["traceparent"]>();

function sayOnce(source: Settings["traceparent"], notify: Notify, what: string): void {
  if (reported.has(source)) return;
  reported.add(source);
  const message = `${what}, so requests carry the client's own trace id`;
  notify({ type: "callback_failed", callback: "traceparent", message });
}
