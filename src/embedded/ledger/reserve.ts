import { defaults } from "../../../generated/constants.js";
import { scopesOf } from "../../protocol/scope.js";
import type { LedgerBudget } from "./budget.js";
import { checkAvailable, checkTenantOpen, findBudgets } from "./checks.js";
import type { CommandOf } from "./command.js";
import { isRefusal, type Refusal } from "./refusal.js";
import { rulesOf } from "./rules.js";
import type {
  Changes,
  Execution,
  LedgerState,
  LedgerSettings,
  Reservation,
  Wire,
} from "./state.js";

type ReserveResult = Wire["ReservationCreateResponse"];

/**
 * Holds the estimate in every budget of the subject, or in none. A dry run returns the decision and
 * holds nothing.
 */
export function reserve(
  state: LedgerState,
  command: CommandOf<"createReservation">,
  now: number,
  settings: LedgerSettings,
): Execution<ReserveResult> {
  const { tenant, body } = command;
  const evaluation = evaluate(state, tenant, body, settings);
  if (body.dry_run === true) return { result: dryRun(evaluation, body, settings), changes: {} };
  if (evaluation.kind === "refused") return { result: evaluation.refusal, changes: {} };

  const budgets = hold(evaluation.budgets, body.estimate.amount);
  const reservation = toReservation(command, evaluation, now, settings);
  const changes: Changes = { budgets, reservation };
  // Assignments, because spreads of several objects are slow, and most requests come through here.
  const result = granted(evaluation, body);
  result.reservation_id = reservation.id;
  result.expires_at_ms = reservation.expiresAt;
  if (settings.reportRemainingTtl) result.remaining_ttl_ms = reservation.expiresAt - now;
  result.balances = budgets.map(rulesOf(settings).views.balance);
  return { result, changes };
}

/**
 * Returns whether a reserve would be allowed now, and holds nothing. If a budget does not allow it,
 * the result is a denial and not an error.
 */
export function preflight(
  state: LedgerState,
  { tenant, body }: CommandOf<"decide">,
  settings: LedgerSettings,
): Execution<Wire["DecisionResponse"]> {
  const evaluation = evaluate(state, tenant, body, settings);
  const affected_scopes = [...evaluation.scopes];
  if (evaluation.kind === "allowed") {
    return { result: { ...decision(evaluation), affected_scopes }, changes: {} };
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
  readonly budgets: readonly LedgerBudget[];
  readonly caps: Wire["Caps"] | undefined;
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
  settings: LedgerSettings,
): Evaluation {
  const scopes = scopesOf(subject);
  const closed = checkTenantOpen(state, tenant);
  if (closed) return { kind: "refused", scopes, refusal: closed };
  const budgets = findBudgets(state, subject, estimate.unit);
  if (isRefusal(budgets)) return { kind: "refused", scopes, refusal: budgets };
  const refusal = checkAvailable(budgets, estimate.amount);
  if (refusal) return { kind: "refused", scopes, refusal };
  return { kind: "allowed", scopes, budgets, caps: rulesOf(settings).capsOf(scopes, budgets) };
}

function dryRun(
  evaluation: Evaluation,
  body: Wire["ReservationCreateRequest"],
  settings: LedgerSettings,
): ReserveResult | Refusal {
  if (evaluation.kind === "allowed") {
    const balances = evaluation.budgets.map(rulesOf(settings).views.balance);
    return { ...granted(evaluation, body), balances };
  }
  const denial = toDenial(evaluation.refusal);
  return isRefusal(denial) ? denial : { ...denial, ...placed(evaluation) };
}

/** The refusal of an evaluation, as a denial. A wrong unit remains an error of the request. */
function toDenial(refusal: Refusal): Refusal | { decision: "DENY"; reason_code: string } {
  switch (refusal.code) {
    case "UNIT_MISMATCH":
      return refusal;
    case "NOT_FOUND":
      return { decision: "DENY", reason_code: "BUDGET_NOT_FOUND" };
    default:
      return { decision: "DENY", reason_code: refusal.code };
  }
}

function granted(
  { caps, scopes }: Allowed,
  { estimate }: Wire["ReservationCreateRequest"],
): ReserveResult {
  const result: ReserveResult = {
    decision: caps ? "ALLOW_WITH_CAPS" : "ALLOW",
    reserved: estimate,
    scope_path: scopes.at(-1) ?? "",
    affected_scopes: [...scopes],
  };
  if (caps) result.caps = caps;
  return result;
}

function decision({ caps }: Allowed): Pick<ReserveResult, "decision" | "caps"> {
  return caps ? { decision: "ALLOW_WITH_CAPS", caps } : { decision: "ALLOW" };
}

function placed({ scopes }: Evaluation) {
  return { scope_path: scopes.at(-1) ?? "", affected_scopes: [...scopes] };
}

function hold(budgets: readonly LedgerBudget[], amount: number): readonly LedgerBudget[] {
  return budgets.map((budget) => ({ ...budget, reserved: budget.reserved + amount }));
}

function toReservation(
  { tenant, id, body }: CommandOf<"createReservation">,
  { scopes, budgets }: Allowed,
  now: number,
  settings: LedgerSettings,
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
    expiresAt: now + Math.min(body.ttl_ms ?? otherwise.ttl_ms, maxTtlOf(settings)),
    graceMs: body.grace_period_ms ?? otherwise.grace_period_ms,
    extensions: 0,
    maxExtensions: settings.maxExtensions,
  };
}

function maxTtlOf(settings: LedgerSettings): number {
  return Number.isFinite(settings.maxTtlMs) ? settings.maxTtlMs : rulesOf(settings).maxTtlMs;
}
