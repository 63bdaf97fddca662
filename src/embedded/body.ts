import { refuse, type Refusal, refuseWith } from "./errors.js";

/** The longest request body: far more than any request of the protocol needs. */
export const MAX_BODY_BYTES = 2 ** 20;

/** The deepest nesting of a body: what walks over it later may then recurse. */
const MAX_DEPTH = 100;

/** The JSON object in a request body. `text` is `undefined` where the body was too long to be read. */
export function readBody(
  contentType: string | undefined,
  text: string | undefined,
): { readonly kind: "body"; readonly value: unknown } | Refusal {
  if (text === undefined || isTooLong(text)) {
    return refuseWith(413, `The body is longer than ${MAX_BODY_BYTES} bytes`);
  }
  if (text === "") return refuse("INVALID_REQUEST", "The body is missing: send a JSON object");
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    const found = contentType === undefined ? "missing" : JSON.stringify(contentType);
    return refuseWith(415, `Content-Type must be application/json, and is ${found}`);
  }
  const value = parse(text);
  if (value === undefined) return refuse("INVALID_REQUEST", "The body is not JSON");
  if (!isNestedWithin(value, MAX_DEPTH)) {
    return refuse("INVALID_REQUEST", `The body is nested more than ${MAX_DEPTH} levels deep`);
  }
  return { kind: "body", value };
}

/** A UTF-16 unit is one to three bytes, so the bytes are counted only where that leaves it open. */
function isTooLong(text: string): boolean {
  if (text.length > MAX_BODY_BYTES) return true;
  return text.length * 3 > MAX_BODY_BYTES && new TextEncoder().encode(text).length > MAX_BODY_BYTES;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isNestedWithin(item, levels - 1));
}
