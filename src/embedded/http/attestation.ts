import { operations } from "../../../generated/operations.js";
import type { ErrorCode } from "../../error-codes.js";
import type { Statement } from "../evidence/envelope.js";
import type { Attestation } from "../ledger/attest.js";
import type { Command, CommandOf } from "../ledger/command.js";
import type { Wire } from "../ledger/state.js";

/** The body of an error response of the authority, without a reference to evidence. */
export type RefusalBody = Wire["ErrorResponse"] & { readonly trace_id: string };

/** Records a statement as evidence, and returns the reference to it, if there can be evidence of it. */
export type IssueEvidence = (statement: Statement) => Wire["CyclesEvidenceRef"] | undefined;

/** The operations whose responses the protocol records. */
const ARTIFACTS = {
  decide: "decide",
  createReservation: "reserve",
  commitReservation: "commit",
  releaseReservation: "release",
} as const;

type RecordedCommand = CommandOf<keyof typeof ARTIFACTS>;

/**
 * Whether an error is a denial: the budgets, the reservation or the tenant were evaluated and do not
 * allow the request. Nothing is decided by other errors, so they are not evidence of anything.
 * (Protocol: cycles-evidence, `ArtifactType`, emission policy.)
 */
const IS_DENIAL: Readonly<Record<ErrorCode, boolean>> = {
  INVALID_REQUEST: false,
  UNAUTHORIZED: false,
  FORBIDDEN: false,
  NOT_FOUND: false,
  IDEMPOTENCY_MISMATCH: false,
  LIMIT_EXCEEDED: false,
  INTERNAL_ERROR: false,
  MAX_EXTENSIONS_EXCEEDED: false,
  UNIT_MISMATCH: true,
  BUDGET_EXCEEDED: true,
  BUDGET_FROZEN: true,
  BUDGET_CLOSED: true,
  OVERDRAFT_LIMIT_EXCEEDED: true,
  DEBT_OUTSTANDING: true,
  RESERVATION_FINALIZED: true,
  RESERVATION_EXPIRED: true,
  TENANT_CLOSED: true,
};

/** How the result of a command becomes evidence; `undefined` if the protocol does not record it. */
export function attestationOf(
  command: Command,
  traceId: string,
  issue: IssueEvidence,
): Attestation | undefined {
  if (!isRecorded(command)) return undefined;
  const artifact = ARTIFACTS[command.operation];
  return {
    artifact,
    issue: (result) => {
      // It changes from response to response, and a repeated one has the same evidence.
      const { remaining_ttl_ms: _, ...response } = { remaining_ttl_ms: undefined, ...result };
      const record = { ...reservationOf(command), request: command.body, response };
      return issue({ artifact, traceId, record });
    },
  };
}

/** Adds the reference to its evidence to the body of a denial. Other errors stay as they are. */
export function attestDenial(
  body: RefusalBody,
  status: number,
  command: Command,
  issue: IssueEvidence,
): Wire["ErrorResponse"] {
  if (!isRecorded(command) || !IS_DENIAL[body.error]) return body;
  const { method, path } = operations[command.operation];
  const record = {
    endpoint: `${method} ${path}`,
    http_status: status,
    ...reservationOf(command),
    request: command.body,
    response: body,
  };
  const cycles_evidence = issue({ artifact: "error", traceId: body.trace_id, record });
  return cycles_evidence ? { ...body, cycles_evidence } : body;
}

function isRecorded(command: Command): command is RecordedCommand {
  return Object.hasOwn(ARTIFACTS, command.operation);
}

/** The id is in the path of a request, so evidence without it would not say what was settled. */
function reservationOf(command: RecordedCommand): { readonly reservation_id?: string } {
  return "reservation" in command ? { reservation_id: command.reservation } : {};
}
