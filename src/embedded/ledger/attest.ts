import { isRefusal } from "./refusal.js";
import type { Execution, Wire } from "./state.js";

/** The evidence of a command: what kind it is, and how the reference to it is made. */
export interface Attestation {
  readonly artifact: keyof Wire["ReservationEvidence"] | "decide";
  /** Called with a new result only. A repeated key gets the reference of the first response. */
  readonly issue: (result: object) => Wire["CyclesEvidenceRef"] | undefined;
}

/**
 * Adds the reference to its evidence to a new result, to what a repeated key gets, and to the
 * reservation. Refusals and repeated results stay as they are.
 */
export function attest(
  execution: Execution<object>,
  { artifact, issue }: Attestation,
): Execution<object> {
  const { result, changes } = execution;
  const { replay, reservation } = changes;
  if (replay === undefined || isRefusal(result)) return execution;
  const cycles_evidence = issue(result);
  if (cycles_evidence === undefined) return execution;
  const attested = { ...result, cycles_evidence };
  const json = JSON.stringify(attested);
  const evidence = { ...reservation?.evidence, [artifact]: cycles_evidence };
  return {
    result: attested,
    json,
    changes: {
      ...changes,
      replay: { ...replay, result: json },
      ...(reservation && { reservation: { ...reservation, evidence } }),
    },
  };
}
