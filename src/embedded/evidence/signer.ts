import type { SigningKey } from "./options.js";

/** A key that can sign. */
export interface EvidenceSigner {
  /** The public key, in base64url. */
  readonly x: string;
  /** The Ed25519 signature of a text, in hex. Equal texts have equal signatures. */
  readonly sign: (text: string) => Promise<string>;
}

const ALGORITHM = "Ed25519";

/**
 * Loads the key, or makes one.
 *
 * @throws an `Error` that says whether the runtime or the key is the cause.
 */
export async function openSigner(key: SigningKey | undefined): Promise<EvidenceSigner> {
  const { subtle } = crypto;
  const { privateKey, publicKey } = await (key ? imported(key) : generated());
  const signed = (bytes: Uint8Array<ArrayBuffer>) => subtle.sign(ALGORITHM, privateKey, bytes);
  const probe = new Uint8Array(1);
  // Not every runtime checks this when it imports the key.
  if (!(await subtle.verify(ALGORITHM, publicKey, await signed(probe), probe))) {
    throw new Error("evidence.key: x is not the public key of d");
  }
  const { x = "" } = await subtle.exportKey("jwk", publicKey);
  return { x, sign: async (text) => toHex(await signed(new TextEncoder().encode(text))) };
}

async function generated(): Promise<CryptoKeyPair> {
  try {
    return await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  } catch (error) {
    throw new Error(`This runtime cannot make an Ed25519 key: ${String(error)}`);
  }
}

async function imported({ kty, crv, x, d }: SigningKey): Promise<CryptoKeyPair> {
  const load = (key: JsonWebKey, usage: KeyUsage) =>
    crypto.subtle.importKey("jwk", key, ALGORITHM, true, [usage]);
  try {
    const publicKey = await load({ kty, crv, x }, "verify");
    return { publicKey, privateKey: await load({ kty, crv, x, d }, "sign") };
  } catch (error) {
    throw new Error(
      `evidence.key: this runtime cannot use it; x may not be the public key of d: ${String(error)}`,
    );
  }
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
