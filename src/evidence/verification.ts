import type { CyclesEvidence } from "../../generated/paths.js";

/**
 * What a verification found, as one of the five dispositions of the evidence specification.
 *
 * - `authentic`: the signature is valid, and the key was the server's when the record was issued.
 * - `binding_only`: the signature is valid, but no key set was there to show whose key it is.
 * - `signer_authority_failed`: there is a key set, and it does not authorise the key.
 * - `signer_resolution_failed`: the key set could not be obtained. This says nothing about the record.
 * - `signature_invalid`: the record is not what was signed, or it is no valid record.
 */
export type EvidenceDisposition =
  | "authentic"
  | "binding_only"
  | "signer_authority_failed"
  | "signer_resolution_failed"
  | "signature_invalid";

/** Why a verification has its disposition. */
export interface EvidenceReason {
  readonly code: EvidenceReasonCode;
  /** One sentence for a person. Its wording may change. */
  readonly message: string;
  /** The member that the reason is about, as a JSON pointer: `/payload/reserve`. */
  readonly path?: string;
}

/** A stable code of a reason. The guide lists what each one means. */
export type EvidenceReasonCode =
  // The record cannot be read without doubt.
  | "not_json"
  | "too_large"
  | "too_deep"
  | "duplicate_member"
  | "inexact_number"
  | "invalid_text"
  // It is no envelope of the specification.
  | "unknown_schema_version"
  | "missing_member"
  | "unknown_member"
  | "invalid_member"
  | "payload_mismatch"
  // It is not the record that was signed, or not the one that was expected.
  | "evidence_id_mismatch"
  | "unexpected_evidence_id"
  | "signature_mismatch"
  // Its signer cannot be looked up.
  | "unsupported_signer"
  | "no_key_set"
  | "other_server"
  | "key_set_unavailable"
  | "key_set_invalid"
  // The key set does not authorise its signer.
  | "signer_not_bound"
  | "duplicate_kid"
  | "unknown_key"
  | "unusable_key"
  | "ambiguous_key"
  | "outside_key_window"
  // The caller expects another signer.
  | "signer_pin_mismatch";

/**
 * The result of a verification. The members about the record are what it says of itself. Only the
 * disposition says whether that is true.
 */
export interface EvidenceVerification {
  readonly disposition: EvidenceDisposition;
  /**
   * Whether you can rely on the record: it is `authentic`, or it is `binding_only` and
   * `expectedSigner` matched. It is false if `expectedSigner` did not match.
   */
  readonly trusted: boolean;
  /** Why; empty for `authentic`, unless `expectedSigner` did not match. */
  readonly reasons: readonly EvidenceReason[];
  /** Whether the signer is `expectedSigner`; undefined if you did not pass one. */
  readonly signerPinMatched: boolean | undefined;
  /** The id: the hash of the content, 64 hex digits. */
  readonly evidenceId: string | undefined;
  /** Which operation is recorded: `decide`, `reserve`, `commit`, `release` or `error`. */
  readonly artifactType: string | undefined;
  /** The base URL of the server that issued the record, with `/v1`. */
  readonly serverId: string | undefined;
  /** The signer as the record names it: a public key in hex, or a `did:cycles`. */
  readonly signer: string | undefined;
  /** The name of the key: that of the key set, or the one that a `did:cycles` names. */
  readonly kid: string | undefined;
  /** When the record was issued, in milliseconds since the Unix epoch. */
  readonly issuedAtMs: number | undefined;
  /** The record as it was checked, a copy; undefined if it is no envelope of the specification. */
  readonly envelope: CyclesEvidence | undefined;
}
