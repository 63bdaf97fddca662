import { createHash } from "node:crypto";

export type Members = Readonly<Record<string, unknown>>;

/** A key of the evidence specification's key set. */
export interface Jwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly cycles_nbf_ms: number;
  readonly cycles_exp_ms?: number | null;
}

/** Signs records with a key of its own, as a server does. */
export class Signer {
  readonly #pair: CryptoKeyPair;
  /** The public key in hex, which is one form of a `signer_did`. */
  readonly hex: string;
  readonly #x: string;

  private constructor(pair: CryptoKeyPair, key: Buffer) {
    this.#pair = pair;
    this.hex = key.toString("hex");
    this.#x = key.toString("base64url");
  }

  static async create(): Promise<Signer> {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new Error("this runtime made no pair of keys");
    return new Signer(pair, Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey)));
  }

  /** The public key as a member of a key set. */
  jwk(kid: string, more: Partial<Jwk> = {}): Jwk {
    return { kty: "OKP", crv: "Ed25519", x: this.#x, kid, cycles_nbf_ms: 0, ...more };
  }

  /** The record with its id and its signature. */
  async sign(members: Members): Promise<Members> {
    const identified = withId(members);
    return { ...identified, signature: await this.signature(identified) };
  }

  async signature(members: Members): Promise<string> {
    const bytes = Buffer.from(canonical({ ...members, signature: "" }));
    const signature = await crypto.subtle.sign("Ed25519", this.#pair.privateKey, bytes);
    return Buffer.from(signature).toString("hex");
  }
}

/** The record with the hash of its content as its id. */
export function withId(members: Members): Members {
  const hash = sha256(canonical({ ...members, evidence_id: "", signature: "" }));
  return { ...members, evidence_id: hash };
}

/** The other form of a `signer_did`. */
export function didOf(serverId: string, kid: string): string {
  return `did:cycles:${sha256(serverId)}#${kid}`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Canonical JSON, written a second time so that the package is not checked against itself. */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  const written = names.map(
    (name) => `${JSON.stringify(name)}:${canonical(Reflect.get(value, name))}`,
  );
  return `{${written.join(",")}}`;
}
