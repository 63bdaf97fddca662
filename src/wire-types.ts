import type { components } from "../generated/paths.js";

// Names for the contract's types that generated/paths.ts has only as members of `components`.

type Schemas = components["schemas"];

/** Whether a spend may go ahead. Treat an unknown value as a denial. (Protocol: DecisionEnum.) */
export type Decision = Schemas["DecisionEnum"];

/** Why the decision is `DENY`. Servers can add reasons. (Protocol: DecisionReasonCode.) */
export type DecisionReason = Schemas["DecisionReasonCode"];

/** The status of a reservation. (Protocol: ReservationStatus.) */
export type ReservationStatus = Schemas["ReservationStatus"];

/** How a commit above the estimate is charged. (Protocol: CommitOveragePolicy.) */
export type OveragePolicy = Schemas["CommitOveragePolicy"];

/** A signed record of one response of the server. (Protocol: CyclesEvidenceEnvelope.) */
export interface EvidenceEnvelope extends EvidenceSchema {}

/** The public keys that evidence is signed with. (Protocol: CyclesEvidenceJwks.) */
export interface EvidenceKeySet extends EvidenceKeySetSchema {}

/** One public key of a server. (Protocol: CyclesEvidenceJwk.) */
export interface EvidenceKey extends EvidenceKeySchema {}

type EvidenceSchema = Schemas["CyclesEvidenceEnvelope"];
type EvidenceKeySetSchema = Schemas["CyclesEvidenceJwks"];
type EvidenceKeySchema = Schemas["CyclesEvidenceJwk"];
