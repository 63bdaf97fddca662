import { defaults } from "../../generated/constants.js";
import type { ReservationCreateRequest } from "../../generated/paths.js";
import { CyclesApiError, CyclesConnectionError, CyclesError } from "../errors.js";
import { type PolicyMode, type PolicyOptions, unguardedLimit } from "../policy-options.js";
import { scopesOf } from "../protocol/scope.js";
import { unguardedId } from "../settlement/event-text.js";
import type { CallOptions } from "../wire/prepare.js";
import type { GuardContext } from "./context.js";
import { UnguardedLifecycle } from "./unguarded.js";

/**
 * Starts work that was denied, or whose reserve has failed, if a policy allows that. Otherwise it
 * throws the error.
 *
 * - The authority cannot be reached, and the estimate fits `onUnavailable`.
 * - The mode is `observe`.
 */
export function unguarded(
  context: GuardContext,
  request: ReservationCreateRequest,
  options: PolicyOptions & Pick<CallOptions, "signal">,
  traceId: string,
  error: unknown,
): UnguardedLifecycle {
  const { settings, unguarded: totals } = context;
  const { onUnavailable = settings.onUnavailable, signal } = options;
  // The reason can be the error of an outage, for example if a lost lease has aborted the work.
  if (signal?.aborted === true) throw signal.reason;
  const { subject, action, estimate, ttl_ms: ttlMs, idempotency_key: key } = request;
  const limit = unguardedLimit(onUnavailable, estimate.unit);
  const id = unguardedId(key);
  const about = { action, subject, estimate };
  const observes = isObserved(options, context);
  const isAdmitted = isUnavailable(error) && totals.admit(id, estimate, limit);
  if (isAdmitted) settings.notify({ type: "unguarded", reservationId: id, ...about, error });
  else if (observes && error instanceof CyclesError) reportDenial(context, request, error, id);
  else throw error;
  const scopes = scopesOf(subject);
  const grant = {
    id,
    traceId,
    ttlMs: ttlMs ?? defaults.ReservationCreateRequest.ttl_ms,
    sent: JSON.stringify(request),
    action,
    estimate,
    scopes,
    reservation: { decision: "ALLOW", affected_scopes: scopes },
    signal,
    observes,
  } as const;
  return new UnguardedLifecycle(context, grant, isAdmitted ? totals : undefined);
}

/** Whether a denial does not stop work. */
export function isObserved(
  { mode }: { readonly mode?: PolicyMode | undefined },
  { settings }: Pick<GuardContext, "settings">,
): boolean {
  return (mode ?? settings.mode) === "observe";
}

/** Reports what would have been denied without the mode `observe`. */
function reportDenial(
  { settings }: Pick<GuardContext, "settings">,
  { action, subject, estimate }: Pick<ReservationCreateRequest, "action" | "subject" | "estimate">,
  error: CyclesError,
  reservationId: string,
): void {
  const named = error instanceof CyclesApiError ? error.scope : undefined;
  const scope = named ?? scopesOf(subject).at(-1);
  const { code } = error;
  const about = { code, scope, action, subject, estimate, error };
  settings.notify({ type: "would_deny", reservationId, ...about });
}

/**
 * Whether nothing is known about the budget. A 500 is no such failure, because servers respond so
 * when they cannot decide safely.
 */
function isUnavailable(error: unknown): error is CyclesError {
  return (
    error instanceof CyclesConnectionError ||
    (error instanceof CyclesApiError && [502, 503, 504].includes(error.httpStatus))
  );
}
