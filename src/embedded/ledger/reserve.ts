import { defaults } from "../../../generated/constants.js";
import { scopesOf } from "../../protocol/scope.js";
import { isRefusal, type Refusal } from "../refusal.js";
import {
  toBalance,
  type Budget,
  type Changes,
  type Execution,
  type LedgerState,
  type Reservation,
  type Rules,
  type Wire,
} from "./state.js";
import { checkAvailable, checkTenantOpen, findBudgets } from "./checks.js";
import type { CommandOf } from "./command.js";

type Response = Wire["ReservationCreateResponse"];

/** Holds the estimate in every budget of the subject, or in none. A dry run says what would happen, and holds nothing. */
export function reserve(
  state: LedgerState,
  command: CommandOf<"createReservation">,
  now: number,
  rules: Rules,
): Execution<Response> {
  const { tenant, body } = command;
  const evaluation = evaluate(state, tenant, body);
  if (body.dry_run === true) return { result: dryRun(evaluation, body), changes: {} };
  if (evaluation.kind === "refused") return { result: evaluation.refusal, changes: {} };

  const budgets = hold(evaluation.budgets, body.estimate.amount);
  const reservation = toReservation(command, evaluation, now, rules);
  const changes: Changes = { budgets, reservation };
  const result: Response = {
    ...granted(evaluation, body),
    reservation_id: reservation.id,
    expires_at_ms: reservation.expiresAt,
    ...(rules.reportRemainingTtl && { remaining_ttl_ms: reservation.expiresAt - now }),
    balances: budgets.map(toBalance),
  };
  return { result, changes };
}

/** Says whether a reserve would be allowed now; nothing is held, and budget state is never an error. */
export function preflight(
  state: LedgerState,
  { tenant, body }: CommandOf<"decide">,
): Execution<Wire["DecisionResponse"]> {
  const evaluation = evaluate(state, tenant, body);
  const affected_scopes = [...evaluation.scopes];
  if (evaluation.kind === "allowed") {
    return { result: { ...verdict(evaluation), affected_scopes }, changes: {} };
  }
  const denial = toDenial(evaluation.refusal);
  return {
    result: isRefusal(denial) ? denial : { ...denial, affected_scopes },
    changes: {},
  };
}

type Evaluation = Allowed | Refused;

interface Allowed {
  readonly kind: "allowed";
  readonly scopes: readonly string[];
  readonly budgets: readonly Budget[];
}

interface Refused {
  readonly kind: "refused";
  readonly scopes: readonly string[];
  readonly refusal: Refusal;
}

function evaluate(
  state: LedgerState,
  tenant: string,
  { subject, estimate }: Wire["DecisionRequest"],
): Evaluation {
  const scopes = scopesOf(subject);
  const closed = checkTenantOpen(state, tenant);
  if (closed) return { kind: "refused", scopes, refusal: closed };
  const budgets = findBudgets(state, subject, estimate.unit);
  if (isRefusal(budgets)) return { kind: "refused", scopes, refusal: budgets };
  const refusal = checkAvailable(budgets, estimate.amount);
  return refusal ? { kind: "refused", scopes, refusal } : { kind: "allowed", scopes, budgets };
}

function dryRun(
  evaluation: Evaluation,
  body: Wire["ReservationCreateRequest"],
): Response | Refusal {
  if (evaluation.kind === "allowed") {
    return { ...granted(evaluation, body), balances: evaluation.budgets.map(toBalance) };
  }
  const denial = toDenial(evaluation.refusal);
  return isRefusal(denial) ? denial : { ...denial, ...place(evaluation) };
}

/** What a refusal is called where it is an evaluation's result. A wrong unit stays an error of the request. */
function toDenial(refusal: Refusal): Refusal | { decision: "DENY"; reason_code: string } {
  switch (refusal.status) {
    case 409:
      return { decision: "DENY", reason_code: refusal.code };
    case 404:
      return { decision: "DENY", reason_code: "BUDGET_NOT_FOUND" };
    default:
      return refusal;
  }
}

function granted(evaluation: Allowed, body: Wire["ReservationCreateRequest"]) {
  return { ...verdict(evaluation), reserved: body.estimate, ...place(evaluation) };
}

/** The deepest scope that has caps is the one whose caps apply. */
function verdict({ budgets }: Allowed): Pick<Response, "decision" | "caps"> {
  const caps = budgets.reduce<Wire["Caps"] | undefined>(
    (outer, budget) => budget.caps ?? outer,
    undefined,
  );
  return caps ? { decision: "ALLOW_WITH_CAPS", caps } : { decision: "ALLOW" };
}

function place({ scopes }: Evaluation) {
  return { scope_path: scopes.at(-1) ?? "", affected_scopes: [...scopes] };
}

function hold(budgets: readonly Budget[], amount: number): readonly Budget[] {
  return budgets.map((budget) => ({ ...budget, reserved: budget.reserved + amount }));
}

function toReservation(
  { tenant, id, body }: CommandOf<"createReservation">,
  { scopes, budgets }: Allowed,
  now: number,
  rules: Rules,
): Reservation {
  const otherwise = defaults.ReservationCreateRequest;
  return {
    id,
    owner: tenant,
    status: "ACTIVE",
    request: body,
    policy: body.overage_policy ?? otherwise.overage_policy,
    scopes,
    budgets: budgets.map(({ key }) => key),
    createdAt: now,
    expiresAt: now + Math.min(body.ttl_ms ?? otherwise.ttl_ms, rules.maxTtlMs),
    graceMs: body.grace_period_ms ?? otherwise.grace_period_ms,
    extensions: 0,
    maxExtensions: rules.maxExtensions,
  };
}
