// The entry point `cycles-client/evidence`: verification of signed evidence.
export type {
  CommitEvidence,
  CyclesEvidence,
  DecideEvidence,
  EvidencePayload,
  ReleaseEvidence,
  ReserveEvidence,
} from "../../generated/paths.js";
export type { EvidenceKeySource, VerifyEvidenceOptions } from "./options.js";
export type {
  EvidenceDisposition,
  EvidenceReason,
  EvidenceReasonCode,
  EvidenceVerification,
} from "./verification.js";
export { verifyEvidence } from "./verify.js";
