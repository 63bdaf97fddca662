const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const TRACEPARENT = /^00-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Returns a new trace id: 32 lower-case hex digits, never all zero. (Protocol: correlation and
 * tracing.)
 */
export function newTraceId(): string {
  // A version 4 UUID always has its version digit set, so it cannot be all zero.
  // `join` makes a flat string. `replaceAll` makes a tree of parts, which takes 150 bytes more.
  return crypto.randomUUID().split("-").join("");
}

/** Whether `value` can be sent as `X-Cycles-Trace-Id`. */
export function isTraceId(value: string): boolean {
  return TRACE_ID.test(value);
}

/** The trace id of a W3C `traceparent` of version 00; `undefined` if it is malformed. */
export function parseTraceparent(value: string): string | undefined {
  const traceId = TRACEPARENT.exec(value)?.[1];
  return traceId !== undefined && isTraceId(traceId) ? traceId : undefined;
}
