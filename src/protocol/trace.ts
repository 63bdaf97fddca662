const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const TRACEPARENT = /^00-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Returns a new trace id: 32 lower-case hex digits, never all zero. (Protocol: correlation and
 * tracing.)
 */
export function newTraceId(): string {
  if (next === pool.length) {
    pool = randomDigits(POOLED_IDS * LENGTH);
    next = 0;
  }
  const id = pool.slice(next, next + LENGTH);
  next += LENGTH;
  return isTraceId(id) ? id : newTraceId();
}

const LENGTH = 32;

/** Ids are made together, because one by one they take 900 bytes of garbage each. */
const POOLED_IDS = 64;
let pool = "";
let next = 0;

function randomDigits(length: number): string {
  const random = crypto.getRandomValues(new Uint8Array(length));
  return new TextDecoder().decode(random.map((byte) => "0123456789abcdef".charCodeAt(byte % 16)));
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
