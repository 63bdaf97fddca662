import { fromHex } from "./bytes.js";
import { sha256Hex } from "./signed-text.js";

/** Who signed a record, by its `signer_did`. */
export type Signer =
  | { readonly kind: "key"; readonly key: Uint8Array<ArrayBuffer> }
  | { readonly kind: "named"; readonly serverHash: string; readonly kid: string }
  | { readonly kind: "unsupported" };

const METHOD = "did:cycles:";

/** Reads a `signer_did`: a public key in hex, or the name of a key in the key set of a server. */
export function readSigner(text: string): Signer {
  if (text.startsWith(METHOD)) {
    // A key may have any name, also one with `#` in it.
    const hash = text.indexOf("#");
    const kid = text.slice(hash + 1);
    if (hash > 0 && kid !== "") {
      return { kind: "named", serverHash: text.slice(METHOD.length, hash), kid };
    }
  }
  const key = text.length === 64 ? fromHex(text) : undefined;
  return key === undefined ? { kind: "unsupported" } : { kind: "key", key };
}

/** Whether a signer belongs to the server with exactly this `server_id`. */
export async function isBoundTo(
  signer: Extract<Signer, { kind: "named" }>,
  serverId: string,
): Promise<boolean> {
  return signer.serverHash === (await sha256Hex(serverId));
}
