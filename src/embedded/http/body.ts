import { isLongerThan, isNestedWithin, MAX_BODY_BYTES, MAX_DEPTH } from "../../protocol/limits.js";
import { refuse, type Refusal } from "../ledger/refusal.js";
import { type HttpRefusal, refuseBody } from "./refusal.js";

/** Parses a request body. `text` is `undefined` if the body was too long to be read. */
export function readBody(
  contentType: string | undefined,
  text: string | undefined,
): { readonly kind: "body"; readonly value: unknown } | Refusal | HttpRefusal {
  if (text === undefined || isLongerThan(text, MAX_BODY_BYTES)) {
    return refuseBody(413, `The body is longer than ${MAX_BODY_BYTES} bytes`);
  }
  if (text === "") return refuse("INVALID_REQUEST", "The body is missing: send a JSON object");
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    const found = contentType === undefined ? "missing" : JSON.stringify(contentType);
    return refuseBody(415, `Content-Type must be application/json, but is ${found}`);
  }
  const value = parse(text);
  if (value === undefined) return refuse("INVALID_REQUEST", "The body is not valid JSON");
  if (!isNestedWithin(value, MAX_DEPTH)) {
    return refuse("INVALID_REQUEST", `The body is nested more than ${MAX_DEPTH} levels deep`);
  }
  return { kind: "body", value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
