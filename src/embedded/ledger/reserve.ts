import { defaults } from "../../../generated/constants.js";
import type { components } from "../../../generated/paths.js";
import { scopesOf } from "../../scope.js";
import { capsOf, denial, mustBeOpenTenant, mustHaveBudgets } from "./checks.js";
import { Refusal } from "./refusal.js";
import { idempotent, type Keyed } from "./replay.js";
import {
  type Budget,
  type Decision,
  type LedgerState,
  type Reservation,
  toBalance,
} from "./state.js";

type Schemas = components["schemas"];

/** Asks for a reservation; the id is the one it gets where it is granted. */
export interface ReserveCommand extends Keyed {
  readonly tenant: string;
  readonly id: string;
  readonly request: Schemas["ReservationCreateRequest"];
}

/** Holds the estimate in every budget of the subject, or in none. (Protocol: createReservation.) */
export function reserve(state: LedgerState, command: ReserveCommand, now: number): Decision {
  return idempotent(state, command, now, () =>
    command.request.dry_run === true ? evaluate(state, command) : grant(state, command, now),
  );
}

/** Whether a spend would be allowed: budget state is an answer, a request that cannot be right is an error. */
export function decide(
  state: LedgerState,
  command: Keyed & { tenant: string; request: Schemas["DecisionRequest"] },
  now: number,
): Decision {
  return idempotent(state, command, now, () => evaluate(state, command));
}

function grant(state: LedgerState, { tenant, id, request }: ReserveCommand, now: number): Decision {
  mustBeOpenTenant(state, tenant);
  const { estimate, subject } = request;
  const scopes = scopesOf(subject);
  const budgets = mustHaveBudgets(state, scopes, estimate.unit);
  const denied = denial(budgets, estimate);
  if (denied) throw denied;
  const usual = defaults.ReservationCreateRequest;
  const ttlMs = Math.min(request.ttl_ms ?? usual.ttl_ms, state.maxTtlMs);
  const held = budgets.map((budget): Budget => ({
    ...budget,
    reserved: budget.reserved + estimate.amount,
  }));
  const reservation: Reservation = {
    id,
    tenant,
    status: "ACTIVE",
    request,
    reserved: estimate,
    policy: request.overage_policy ?? usual.overage_policy,
    scopes,
    createdAt: now,
    expiresAt: now + ttlMs,
    graceMs: request.grace_period_ms ?? usual.grace_period_ms,
    extensions: 0,
  };
  const caps = capsOf(budgets);
  const body: Schemas["ReservationCreateResponse"] = {
    decision: caps ? "ALLOW_WITH_CAPS" : "ALLOW",
    reservation_id: id,
    reserved: estimate,
    expires_at_ms: reservation.expiresAt,
    remaining_ttl_ms: ttlMs,
    scope_path: scopes.at(-1) ?? "",
    affected_scopes: scopes,
    ...(caps && { caps }),
    balances: held.map(toBalance),
  };
  return { answer: { status: 200, body }, changes: { budgets: held, reservations: [reservation] } };
}

/** What a live reservation would be told, without one. */
function evaluate(
  state: LedgerState,
  {
    tenant,
    request: { subject, estimate },
  }: { tenant: string; request: Schemas["DecisionRequest"] },
): Decision {
  const scopes = scopesOf(subject);
  const answer = (body: Schemas["DecisionResponse"]): Decision => ({
    answer: { status: 200, body: { ...body, affected_scopes: scopes } },
    changes: {},
  });
  try {
    mustBeOpenTenant(state, tenant);
    const budgets = mustHaveBudgets(state, scopes, estimate.unit);
    const denied = denial(budgets, estimate);
    if (denied) throw denied;
    const caps = capsOf(budgets);
    return answer(caps ? { decision: "ALLOW_WITH_CAPS", caps } : { decision: "ALLOW" });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status === 400) throw error;
    return answer({
      decision: "DENY",
      reason_code: error.status === 404 ? "BUDGET_NOT_FOUND" : error.code,
    });
  }
}
