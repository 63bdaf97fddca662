import { fromBase64Url } from "./bytes.js";
import { readText } from "./json-text.js";
import { copyOf, isObject, type Json, type JsonMembers, Unreadable } from "./json-value.js";
import type { EvidenceReason } from "./verification.js";

/** A key of a key set. It has no `key` if it cannot be used, because a member of it is wrong. */
export interface PublishedKey {
  readonly kid: string | undefined;
  readonly key: Uint8Array<ArrayBuffer> | undefined;
  /** Milliseconds since the Unix epoch, inclusive. */
  readonly fromMs: number;
  /** Milliseconds since the Unix epoch, exclusive. */
  readonly untilMs: number;
}

/** The keys of a set; or why it is no key set. */
export type ReadKeySet =
  | { readonly kind: "keys"; readonly keys: readonly PublishedKey[] }
  | { readonly kind: "invalid"; readonly reason: EvidenceReason };

/** Reads a key set, given as text or as an object. Members that the specification does not name are ignored. */
export function readKeySet(jwks: unknown): ReadKeySet {
  try {
    const set = typeof jwks === "string" ? readText(jwks) : copyOf(jwks);
    const keys = isObject(set) ? set["keys"] : undefined;
    if (Array.isArray(keys)) return { kind: "keys", keys: keys.map(readKey) };
    return invalid("It has no list of keys.");
  } catch (error) {
    if (error instanceof Unreadable) return invalid(error.message);
    throw error;
  }
}

function invalid(why: string): ReadKeySet {
  return {
    kind: "invalid",
    reason: { code: "key_set_invalid", message: `The key set cannot be read. ${why}` },
  };
}

function readKey(value: Json): PublishedKey {
  const jwk: JsonMembers = isObject(value) ? value : {};
  const { kid, cycles_nbf_ms: from, cycles_exp_ms: until = null } = jwk;
  const isUsable = typeof kid === "string" && isTime(from) && (until === null || isTime(until));
  return {
    kid: typeof kid === "string" ? kid : undefined,
    key: isUsable ? keyOf(jwk) : undefined,
    fromMs: isTime(from) ? from : Infinity,
    untilMs: isTime(until) ? until : Infinity,
  };
}

function keyOf({ kty, crv, alg = "EdDSA", x }: JsonMembers) {
  if (kty !== "OKP" || crv !== "Ed25519" || alg !== "EdDSA") return undefined;
  const bytes = typeof x === "string" ? fromBase64Url(x) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
}

function isTime(value: Json | undefined): value is number {
  return Number.isSafeInteger(value);
}
