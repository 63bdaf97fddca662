import { fromHex } from "./bytes.js";
import { isSignedBy } from "./ed25519.js";
import { checkEnvelope } from "./envelope.js";
import { readText } from "./json-text.js";
import { copyOf, isObject, type Json, Unreadable } from "./json-value.js";
import { lookUp } from "./key-lookup.js";
import { checkOptions, type VerifyEvidenceOptions } from "./options.js";
import { contentHash, signedBytes } from "./signed-text.js";
import { isBoundTo, readSigner } from "./signer.js";
import type { EvidenceDisposition, EvidenceReason, EvidenceVerification } from "./verification.js";

/**
 * Verifies a signed record: its content against its id, its signature against its signer's key, and
 * the key against the key set of the server that issued it.
 *
 * Pass the text of the record if you have it. `JSON.parse` hides members that occur twice and rounds
 * large numbers, so that in an object neither can be found.
 *
 * @returns one of five dispositions, with reasons. Nothing in a record makes it throw.
 * @throws {@link CyclesConfigError} if an option cannot be used, or if the runtime has no Ed25519.
 */
export async function verifyEvidence(
  evidence: string | object,
  options: VerifyEvidenceOptions = {},
): Promise<EvidenceVerification> {
  checkOptions(options);
  const read = readEvidence(evidence);
  if (read instanceof Unreadable) {
    return resultOf(null, options, { disposition: "signature_invalid", reasons: [read.reason] });
  }
  const finding = await findingOf(read, options);
  return resultOf(read, options, finding);
}

/** What was found out about a record. */
interface Finding {
  readonly disposition: EvidenceDisposition;
  readonly reasons: readonly EvidenceReason[];
  readonly kid?: string;
}

function readEvidence(evidence: unknown): Json | Unreadable {
  try {
    return typeof evidence === "string" ? readText(evidence) : copyOf(evidence);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

async function findingOf(value: Json, options: VerifyEvidenceOptions): Promise<Finding> {
  const checked = checkEnvelope(value);
  if (checked.kind === "invalid") {
    return { disposition: "signature_invalid", reasons: checked.reasons };
  }
  const { members, envelope } = checked;
  const hash = await contentHash(members);
  if (hash !== envelope.evidence_id) {
    return failed(
      "signature_invalid",
      "evidence_id_mismatch",
      `The content has the hash ${hash}, not the record's evidence_id: it was changed.`,
    );
  }
  if (options.expectedId !== undefined && options.expectedId !== hash) {
    return failed(
      "signature_invalid",
      "unexpected_evidence_id",
      `This is the record ${hash}, not the record ${options.expectedId}.`,
    );
  }
  const isSignatureOf = async (key: Uint8Array<ArrayBuffer>) => {
    const signature = fromHex(envelope.signature);
    return signature !== undefined && isSignedBy(key, signature, signedBytes(members));
  };
  const signer = readSigner(envelope.signer_did);
  if (signer.kind === "unsupported") {
    return failed(
      "signer_resolution_failed",
      "unsupported_signer",
      "The signer is neither a public key of 64 lower-case hex digits nor a did:cycles with the name of a key.",
    );
  }
  if (signer.kind === "named" && !(await isBoundTo(signer, envelope.server_id))) {
    return failed(
      "signer_authority_failed",
      "signer_not_bound",
      "The hash in the did:cycles is not that of the record's server_id.",
    );
  }
  if (signer.kind === "key" && !(await isSignatureOf(signer.key))) return forged();

  const record = { serverId: envelope.server_id, issuedAtMs: envelope.issued_at_ms };
  const lookup = await lookUp(signer, record, options);
  switch (lookup.kind) {
    case "no_key_set":
      // Without a key set, a did:cycles has no key.
      return {
        disposition: signer.kind === "key" ? "binding_only" : "signer_resolution_failed",
        reasons: [lookup.reason],
      };
    case "unresolved":
      return { disposition: "signer_resolution_failed", reasons: [lookup.reason] };
    case "failed":
      if (lookup.key !== undefined && !(await isSignatureOf(lookup.key))) return forged();
      return { disposition: "signer_authority_failed", reasons: [lookup.reason] };
    case "selected":
      if (!(await isSignatureOf(lookup.key))) return forged();
      return { disposition: "authentic", reasons: [], kid: lookup.kid };
    default:
      return lookup satisfies never;
  }
}

function failed(
  disposition: EvidenceDisposition,
  code: EvidenceReason["code"],
  message: string,
): Finding {
  return { disposition, reasons: [{ code, message }] };
}

function forged(): Finding {
  return failed(
    "signature_invalid",
    "signature_mismatch",
    "The signature is not one of the signer's key over this content.",
  );
}

function resultOf(
  value: Json,
  { expectedSigner }: VerifyEvidenceOptions,
  { disposition, reasons, kid }: Finding,
): EvidenceVerification {
  const checked = checkEnvelope(value);
  const envelope = checked.kind === "envelope" ? checked.envelope : undefined;
  const members = isObject(value) ? value : {};
  const text = (name: string) => {
    const member = members[name];
    return typeof member === "string" ? member : undefined;
  };
  const signer = text("signer_did");
  const named = signer === undefined ? undefined : readSigner(signer);
  const issuedAtMs = members["issued_at_ms"];
  const signerPinMatched = expectedSigner === undefined ? undefined : expectedSigner === signer;
  const isProven =
    disposition === "authentic" || (disposition === "binding_only" && signerPinMatched === true);
  return {
    disposition,
    trusted: isProven && signerPinMatched !== false,
    reasons:
      signerPinMatched === false
        ? [
            ...reasons,
            {
              code: "signer_pin_mismatch",
              message: `The signer is not ${String(expectedSigner)}.`,
            },
          ]
        : reasons,
    signerPinMatched,
    evidenceId: text("evidence_id"),
    artifactType: text("artifact_type"),
    serverId: text("server_id"),
    signer,
    kid: kid ?? (named?.kind === "named" ? named.kid : undefined),
    issuedAtMs: typeof issuedAtMs === "number" ? issuedAtMs : undefined,
    envelope,
  };
}
