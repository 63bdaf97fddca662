import canonicalize from "canonicalize";
import { toHex } from "./bytes.js";
import type { JsonMembers } from "./json-value.js";

/** The hash of a record: its canonical form with an empty id and an empty signature. */
export async function contentHash(envelope: JsonMembers): Promise<string> {
  return sha256Hex(canonical({ ...envelope, evidence_id: "", signature: "" }));
}

/** The bytes that the signature of a record covers: its canonical form with an empty signature. */
export function signedBytes(envelope: JsonMembers): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonical({ ...envelope, signature: "" }));
}

/** The SHA-256 digest of a text in UTF-8, in lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return toHex(new Uint8Array(digest));
}

/** Canonical JSON. (RFC 8785.) */
function canonical(value: JsonMembers): string {
  const serialize: unknown = canonicalize;
  if (!isFunction(serialize)) throw new TypeError("The package canonicalize exports no function");
  return String(serialize(value));
}

/** The types of the package describe an ES module, but it is CommonJS and exports a function. */
function isFunction(value: unknown): value is (value: unknown) => unknown {
  return typeof value === "function";
}
