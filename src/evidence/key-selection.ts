import { toHex } from "./bytes.js";
import type { PublishedKey } from "./key-set.js";
import type { Signer } from "./signer.js";
import type { EvidenceReason } from "./verification.js";

/** The key that a key set authorises for a record; or why it authorises none. */
export type Selection =
  | { readonly kind: "selected"; readonly key: Uint8Array<ArrayBuffer>; readonly kid: string }
  | {
      readonly kind: "failed";
      readonly reason: EvidenceReason;
      /** The key that the signer names, if it is in the set. */
      readonly key?: Uint8Array<ArrayBuffer>;
    };

type KnownSigner = Exclude<Signer, { kind: "unsupported" }>;
type UsableKey = PublishedKey & { readonly key: Uint8Array<ArrayBuffer>; readonly kid: string };

/**
 * Selects a key by name or by its bytes, and by its window: never by its position or its status. If
 * there is any doubt, it selects none. (Evidence specification: Key selection, Deterministic selection.)
 */
export function selectKey(
  keys: readonly PublishedKey[],
  signer: KnownSigner,
  issuedAtMs: number,
): Selection {
  const twice = repeatedKid(keys);
  if (twice !== undefined) {
    return failed("duplicate_kid", `The key set has two keys with the kid ${quoted(twice)}.`);
  }
  const named = keys.filter((key) => isNamed(key, signer));
  const usable = named.filter(isUsable);
  const [first] = usable;
  if (first === undefined) {
    return named.length === 0
      ? failed("unknown_key", `The key set has no key ${nameOf(signer)}.`)
      : failed(
          "unusable_key",
          `The key ${nameOf(signer)} cannot be used: kty must be OKP, crv Ed25519, alg EdDSA if it is there, x 32 bytes in base64url, and cycles_nbf_ms and cycles_exp_ms whole numbers.`,
        );
  }
  const [selected, other] = usable.filter((key) => covers(key, issuedAtMs));
  if (selected === undefined) {
    return {
      ...failed(
        "outside_key_window",
        `The key ${nameOf(signer)} was not valid at ${issuedAtMs}, when the record was issued.`,
      ),
      key: first.key,
    };
  }
  if (other !== undefined) {
    return failed(
      "ambiguous_key",
      `The key ${nameOf(signer)} is in the key set twice, as ${quoted(selected.kid)} and ${quoted(other.kid)}.`,
    );
  }
  return { kind: "selected", key: selected.key, kid: selected.kid };
}

function repeatedKid(keys: readonly PublishedKey[]): string | undefined {
  const seen = new Set<string>();
  return keys.find(({ kid }) => kid !== undefined && seen.size === seen.add(kid).size)?.kid;
}

function isNamed(published: PublishedKey, signer: KnownSigner): boolean {
  switch (signer.kind) {
    case "named":
      return published.kid === signer.kid;
    case "key":
      return published.key !== undefined && toHex(published.key) === toHex(signer.key);
    default:
      return signer satisfies never;
  }
}

function isUsable(published: PublishedKey): published is UsableKey {
  return published.key !== undefined && published.kid !== undefined;
}

function covers({ fromMs, untilMs }: PublishedKey, timeMs: number): boolean {
  return fromMs <= timeMs && timeMs < untilMs;
}

function nameOf(signer: KnownSigner): string {
  return signer.kind === "named" ? quoted(signer.kid) : toHex(signer.key);
}

function quoted(kid: string): string {
  return JSON.stringify(kid.length > 80 ? `${kid.slice(0, 80)}…` : kid);
}

function failed(code: EvidenceReason["code"], message: string): Selection & { kind: "failed" } {
  return { kind: "failed", reason: { code, message } };
}
