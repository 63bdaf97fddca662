import { CyclesConfigError } from "../index.js";

/** The public key of the first example of RFC 8032, which every implementation accepts. */
const KNOWN_KEY = Uint8Array.from([
  0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
  0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
]);

/**
 * Whether an Ed25519 signature covers these bytes.
 *
 * @throws {@link CyclesConfigError} if this runtime has no Ed25519.
 */
export async function isSignedBy(
  key: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const verifying = await imported(key);
  if (verifying === undefined) {
    // Some runtimes refuse bytes that are no point of the curve. No signature matches such a key.
    if ((await imported(KNOWN_KEY)) !== undefined) return false;
    throw new CyclesConfigError(
      "This runtime's WebCrypto has no Ed25519, so evidence cannot be verified here. Use Node 20 or later, Bun, Deno, Cloudflare Workers, or a browser of 2025 or later, which offers it only to pages over https or on localhost.",
    );
  }
  return crypto.subtle.verify("Ed25519", verifying, signature, bytes);
}

async function imported(key: Uint8Array<ArrayBuffer>) {
  try {
    return await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    return undefined;
  }
}
