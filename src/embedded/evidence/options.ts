import type { components } from "../../../generated/paths.js";
import { CyclesConfigError } from "../../errors.js";

type PublicKey = components["schemas"]["CyclesEvidenceJwk"];

/**
 * A private Ed25519 key as a JSON Web Key (RFC 8037), such as
 * `await crypto.subtle.exportKey("jwk", privateKey)`. Other members are ignored.
 *
 * @example
 * ```ts
 * import type { EvidencePrivateKey } from "cycles-client/embedded";
 * const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
 * const key: EvidencePrivateKey = await crypto.subtle.exportKey("jwk", pair.privateKey);
 * ```
 */
export interface EvidencePrivateKey {
  /** `"OKP"`. */
  readonly kty?: string;
  /** `"Ed25519"`. */
  readonly crv?: string;
  /** The public key: 32 bytes in base64url. */
  readonly x?: string;
  /** The private key: 32 bytes in base64url. It is in no response. */
  readonly d?: string;
}

/**
 * How the authority signs evidence.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles, type EvidenceOptions } from "cycles-client/embedded";
 * const evidence: EvidenceOptions = { serverId: "https://cycles.example.com/v1", kid: "2026-06" };
 * new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") }, evidence });
 * ```
 */
export interface EvidenceOptions {
  /** The key that signs. Default: a new key for each authority. */
  readonly key?: EvidencePrivateKey;
  /** The name of the key in the key set. Default: `"1"`. */
  readonly kid?: string;
  /**
   * The start of the key's validity, in milliseconds since the Unix epoch. Default: the end of the
   * last retired key, or 0.
   */
  readonly validFromMs?: number;
  /**
   * The public keys that signed in the past: entries of `getEvidenceJwks`, each with a
   * `cycles_exp_ms`. Default: none.
   */
  readonly retiredKeys?: readonly PublicKey[];
  /**
   * The `server_id` in the evidence: the base URL of the authority, with `/v1`. Default: the URL of
   * the first socket that `listen` opens, or `http://cycles.invalid/v1` if a request comes first.
   */
  readonly serverId?: string;
  /**
   * How the evidence names its signer. `"did"` is `did:cycles:…#kid`, which a verifier looks up in
   * the key set. `"hex"` is the public key, as servers without a key set write it; it needs `key`.
   * Default: `"did"`.
   */
  readonly signer?: "did" | "hex";
}

/** The checked options, with defaults. */
export interface EvidenceSettings {
  /** `undefined` if the authority makes its own. */
  readonly key: SigningKey | undefined;
  readonly kid: string;
  readonly validFromMs: number;
  readonly retiredKeys: readonly PublicKey[];
  readonly serverId: string | undefined;
  readonly signer: "did" | "hex";
}

/** The members of a private key that WebCrypto needs. */
export interface SigningKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly d: string;
}

/** Throws a `CyclesConfigError` that names the option and the fix, and shows no private key. */
export function resolveEvidenceOptions(options: EvidenceOptions): EvidenceSettings {
  const { key, kid = "1", retiredKeys = [], serverId, signer = "did" } = options;
  checkKid(kid);
  const kids = new Set<unknown>([kid]);
  for (const [index, retired] of retiredKeys.entries()) {
    checkRetired(`evidence.retiredKeys[${index}]`, retired, kids);
  }
  const { validFromMs = lastEnd(retiredKeys) } = options;
  if (!isTime(validFromMs)) {
    throw new CyclesConfigError("evidence.validFromMs must be a whole number from 0 up");
  }
  if (serverId !== undefined) checkServerId(serverId);
  if (signer === "hex" && key === undefined) {
    throw new CyclesConfigError('evidence.signer is "hex", which needs evidence.key');
  }
  return { key: key && toSigningKey(key), kid, validFromMs, retiredKeys, serverId, signer };
}

function toSigningKey({ kty, crv, x, d }: EvidencePrivateKey): SigningKey {
  if (kty !== "OKP" || crv !== "Ed25519") {
    throw new CyclesConfigError("evidence.key: kty must be OKP, and crv must be Ed25519");
  }
  if (!isKeyBytes(x)) throw new CyclesConfigError("evidence.key: x must be 32 bytes in base64url");
  if (!isKeyBytes(d)) {
    throw new CyclesConfigError(
      "evidence.key: d must be 32 bytes in base64url; export the private key, not the public one",
    );
  }
  return { kty, crv, x, d };
}

/** The type is only what the caller promises: keys also come from files. */
function checkRetired(
  where: string,
  key: Readonly<Record<string, unknown>>,
  kids: Set<unknown>,
): void {
  if ("d" in key) {
    throw new CyclesConfigError(`${where} is a private key: give only its public members`);
  }
  if (key["kty"] !== "OKP" || key["crv"] !== "Ed25519") {
    throw new CyclesConfigError(`${where}: kty must be OKP, and crv must be Ed25519`);
  }
  if (!isKeyBytes(key["x"])) {
    throw new CyclesConfigError(`${where}: x must be 32 bytes in base64url`);
  }
  if (!isTime(key["cycles_nbf_ms"]) || !isTime(key["cycles_exp_ms"])) {
    throw new CyclesConfigError(
      `${where} needs cycles_nbf_ms and cycles_exp_ms: when did it sign first, and when no longer?`,
    );
  }
  const kid = key["kid"];
  if (kids.has(kid)) {
    throw new CyclesConfigError(`${where}: another key has the kid ${JSON.stringify(kid)}`);
  }
  kids.add(kid);
}

function checkKid(kid: string): void {
  if (/^[\w.~-]{1,128}$/.test(kid)) return;
  throw new CyclesConfigError("evidence.kid must have only letters, digits, -, ., _ and ~");
}

/** Its exact text is hashed, so it is not normalised. */
function checkServerId(serverId: string): void {
  if (/^https?:\/\/\S*[^\s/]$/.test(serverId) && URL.canParse(serverId)) return;
  throw new CyclesConfigError(
    "evidence.serverId must be a URL without a slash at its end, such as https://cycles.example.com/v1",
  );
}

function lastEnd(retired: readonly PublicKey[]): number {
  return Math.max(0, ...retired.map(({ cycles_exp_ms }) => cycles_exp_ms ?? 0));
}

function isTime(ms: unknown): boolean {
  return Number.isSafeInteger(ms) && Number(ms) >= 0;
}

/** Whether a text is 32 bytes in base64url without padding. The last digit has four bits. */
function isKeyBytes(text: unknown): text is string {
  return typeof text === "string" && /^[\w-]{42}[048AEIMQUYcgkosw]$/.test(text);
}
