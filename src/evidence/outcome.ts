import { fromHex } from "./bytes.js";
import { isSignedBy } from "./ed25519.js";
import type { CheckedEnvelope } from "./envelope.js";
import { lookUp } from "./key-lookup.js";
import type { VerifyEvidenceOptions } from "./options.js";
import { contentHash, signedBytes } from "./signed-text.js";
import { isBoundTo, readSigner } from "./signer.js";
import type { EvidenceDisposition, EvidenceReason } from "./verification.js";

/** What a record was found to be. */
export interface Outcome {
  readonly disposition: EvidenceDisposition;
  readonly reasons: readonly EvidenceReason[];
  /** The name of the key in the key set that authorises it. */
  readonly kid?: string;
}

/**
 * Goes from the content to the signature to the authority of the signer, and stops at the first that
 * fails. A signature is checked as soon as its key is known, so that a forged record is called so
 * whatever the key set says. (Evidence specification: Verification, Verification dispositions.)
 */
export async function outcomeOf(
  checked: CheckedEnvelope,
  options: VerifyEvidenceOptions,
): Promise<Outcome> {
  if (checked.kind === "invalid") return ended("signature_invalid", ...checked.reasons);
  const { envelope, members } = checked;

  const hash = await contentHash(members);
  if (hash !== envelope.evidence_id) return ended("signature_invalid", changed(hash));
  const { expectedId } = options;
  if (expectedId !== undefined && expectedId !== hash) {
    return ended("signature_invalid", unexpected(hash, expectedId));
  }

  const isSignature = async (key: Uint8Array<ArrayBuffer>) => {
    const signature = fromHex(envelope.signature);
    return signature !== undefined && isSignedBy(key, signature, signedBytes(members));
  };
  const signer = readSigner(envelope.signer_did);
  if (signer.kind === "unsupported") return ended("signer_resolution_failed", UNSUPPORTED);
  if (signer.kind === "key" && !(await isSignature(signer.key))) {
    return ended("signature_invalid", FORGED);
  }
  if (signer.kind === "named" && !(await isBoundTo(signer, envelope.server_id))) {
    return ended("signer_authority_failed", NOT_BOUND);
  }

  const record = { serverId: envelope.server_id, issuedAtMs: envelope.issued_at_ms };
  const lookup = await lookUp(signer, record, options);
  switch (lookup.kind) {
    case "no_key_set":
      // Without a key set, the key of a did:cycles is unknown.
      return ended(
        signer.kind === "key" ? "binding_only" : "signer_resolution_failed",
        lookup.reason,
      );
    case "unresolved":
      return ended("signer_resolution_failed", lookup.reason);
    case "failed":
      if (lookup.key !== undefined && !(await isSignature(lookup.key))) {
        return ended("signature_invalid", FORGED);
      }
      return ended("signer_authority_failed", lookup.reason);
    case "selected":
      if (!(await isSignature(lookup.key))) return ended("signature_invalid", FORGED);
      return { ...ended("authentic"), kid: lookup.kid };
    default:
      return lookup satisfies never;
  }
}

function ended(disposition: EvidenceDisposition, ...reasons: EvidenceReason[]): Outcome {
  return { disposition, reasons };
}

function changed(hash: string): EvidenceReason {
  return {
    code: "evidence_id_mismatch",
    message: `The content is not what was signed: its hash is ${hash}.`,
    path: "/evidence_id",
  };
}

function unexpected(hash: string, expected: string): EvidenceReason {
  return {
    code: "unexpected_evidence_id",
    message: `This is the record ${hash}, not ${JSON.stringify(expected.slice(0, 80))}.`,
    path: "/evidence_id",
  };
}

const UNSUPPORTED: EvidenceReason = {
  code: "unsupported_signer",
  message:
    "The signer is neither 64 lower-case hex digits nor a did:cycles that names a key, so its key cannot be found.",
  path: "/signer_did",
};

const NOT_BOUND: EvidenceReason = {
  code: "signer_not_bound",
  message: "The did:cycles of the signer belongs to another server_id than that of the record.",
  path: "/signer_did",
};

const FORGED: EvidenceReason = {
  code: "signature_mismatch",
  message: "The signature was not made by the signer's key over this content.",
  path: "/signature",
};
