import { type CheckedEnvelope, checkEnvelope } from "./envelope.js";
import { readText } from "./json-text.js";
import { copyOf, isObject, type Json, Unreadable } from "./json-value.js";
import { checkOptions, type VerifyEvidenceOptions } from "./options.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import { readSigner } from "./signer.js";
import type { EvidenceVerification } from "./verification.js";

/**
 * Verifies a signed record: its content against its id, its signature against its signer's key, and
 * the key against the key set of the server that issued it.
 *
 * Pass the text of the record if you have it. `JSON.parse` hides members that occur twice and rounds
 * large numbers, so that neither can be found in an object.
 *
 * @returns one of five dispositions, with reasons. Whatever a record contains, it is a result and
 * not an error.
 * @throws `CyclesConfigError` if an option cannot be used, or if the runtime has no Ed25519.
 * @example
 * ```ts
 * import { CyclesClient } from "cycles-client";
 * import { verifyEvidence } from "cycles-client/evidence";
 *
 * const client = new CyclesClient();
 * const isProven = async (record: string) => {
 *   const { trusted, disposition, reasons } = await verifyEvidence(record, { client });
 *   if (!trusted) console.warn(disposition, ...reasons.map(({ message }) => message));
 *   return trusted;
 * };
 * ```
 */
export async function verifyEvidence(
  evidence: string | object,
  options: VerifyEvidenceOptions = {},
): Promise<EvidenceVerification> {
  checkOptions(options);
  const value = read(evidence);
  if (value instanceof Unreadable) {
    const checked: CheckedEnvelope = { kind: "invalid", reasons: [value.reason] };
    return verification(null, checked, await outcomeOf(checked, options), options);
  }
  const checked = checkEnvelope(value);
  return verification(value, checked, await outcomeOf(checked, options), options);
}

function read(evidence: unknown): Json | Unreadable {
  try {
    return typeof evidence === "string" ? readText(evidence) : copyOf(evidence);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

function verification(
  value: Json,
  checked: CheckedEnvelope,
  { disposition, reasons, kid }: Outcome,
  { expectedSigner }: VerifyEvidenceOptions,
): EvidenceVerification {
  const members = isObject(value) ? value : {};
  const { signer_did: signer, issued_at_ms: issuedAtMs } = members;
  const signerPinMatched = expectedSigner === undefined ? undefined : expectedSigner === signer;
  const isPinnedBinding = disposition === "binding_only" && signerPinMatched === true;
  return {
    disposition,
    trusted: (disposition === "authentic" || isPinnedBinding) && signerPinMatched !== false,
    reasons: signerPinMatched === false ? [...reasons, pinMismatch(expectedSigner)] : reasons,
    signerPinMatched,
    evidenceId: textOf(members["evidence_id"]),
    artifactType: textOf(members["artifact_type"]),
    serverId: textOf(members["server_id"]),
    signer: textOf(signer),
    kid: kid ?? kidOf(signer),
    issuedAtMs: typeof issuedAtMs === "number" ? issuedAtMs : undefined,
    envelope: checked.kind === "envelope" ? checked.envelope : undefined,
  };
}

function pinMismatch(expected = "") {
  const message = `The signer is not ${JSON.stringify(expected.slice(0, 200))}, which was expected.`;
  return { code: "signer_pin_mismatch", message, path: "/signer_did" } as const;
}

function kidOf(signer: Json | undefined): string | undefined {
  const read = typeof signer === "string" ? readSigner(signer) : undefined;
  return read?.kind === "named" ? read.kid : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
