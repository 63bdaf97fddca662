import type { EvidenceVerification } from "../../evidence/index.js";
import { cut, isoTime, plain } from "../../text.js";

/** Ids and signers fit, but a record can contain longer text. */
const LONGEST = 1_024;

/** A verification as one flat object, with the protocol's names. */
export function toJson(verification: EvidenceVerification): object {
  const { disposition, trusted, reasons, signerPinMatched } = verification;
  return {
    disposition,
    trusted,
    reasons,
    evidence_id: verification.evidenceId,
    artifact_type: verification.artifactType,
    issued_at_ms: verification.issuedAtMs,
    server_id: verification.serverId,
    signer_did: verification.signer,
    kid: verification.kid,
    signer_pin_matched: signerPinMatched,
  };
}

/** A verification for a person: the verdict, why, and what the record says of itself. */
export function toLines(verification: EvidenceVerification): string[] {
  const { disposition, reasons, issuedAtMs } = verification;
  const members: readonly (readonly [string, string | undefined])[] = [
    ["id", verification.evidenceId],
    ["artifact", verification.artifactType],
    ["issued", issuedAtMs === undefined ? undefined : isoTime(issuedAtMs)],
    ["server", verification.serverId],
    ["signer", verification.signer],
    ["kid", verification.kid],
  ];
  return [
    `${disposition}: ${MEANING[disposition]}`,
    ...reasons.map(({ code, message }) => `  ${code}: ${plain(cut(message, LONGEST))}`),
    ...members.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${name.padEnd(9)} ${plain(cut(value, LONGEST))}`],
    ),
  ];
}

const MEANING: Readonly<Record<EvidenceVerification["disposition"], string>> = {
  authentic: "the server signed this record with a key that was valid then",
  binding_only: "the signature is valid, but it is not known whose it is",
  signer_authority_failed: "the keys of the server do not authorise the signer",
  signer_resolution_failed: "the keys could not be obtained; the record may be genuine",
  signature_invalid: "this is not what was signed, or it is no valid record",
};
