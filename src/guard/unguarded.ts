import type { ReservationCreateRequest, ReservationExtendResponse } from "../../generated/paths.js";
import { defaults } from "../../generated/constants.js";
import {
  CyclesApiError,
  CyclesConnectionError,
  type CyclesError,
  CyclesResponseError,
} from "../errors.js";
import { type PolicyMode, unguardedLimit } from "../policy-options.js";
import { scopesOf } from "../protocol/scope.js";
import { unguardedId } from "../settlement/event-text.js";
import type { Settlement } from "../settlement/settlement.js";
import type { Spend } from "../settlement/spend.js";
import type { WebAbortSignal } from "../web.js";
import type { GuardContext, OpenGuard } from "./context.js";
import type { Grant } from "./grant.js";
import { Lifecycle } from "./lifecycle.js";
import type { ReserveOptions } from "./reserve.js";
import { Spends } from "./spends.js";
import type { FailedCommit, Note } from "./transition.js";

/**
 * Starts work whose reserve has failed, if a policy allows that. Otherwise it throws the error.
 *
 * - The authority cannot be reached, and the estimate fits `onUnavailable`.
 * - The mode is `observe`.
 */
export function unguarded(
  context: GuardContext,
  request: ReservationCreateRequest,
  options: ReserveOptions,
  traceId: string,
  error: unknown,
): UnguardedLifecycle {
  const { settings, unguarded: totals } = context;
  const { onUnavailable = settings.onUnavailable, signal } = options;
  const { subject, action, estimate, ttl_ms: ttlMs, idempotency_key: key } = request;
  const limit = unguardedLimit(onUnavailable, estimate.unit);
  const id = unguardedId(key);
  const about = { action, subject, estimate };
  const observes = isObserved(options, context);
  if (isUnavailable(error) && totals.admit(id, estimate, limit))
    settings.notify({ type: "unguarded", reservationId: id, ...about, error });
  else if (observes && isFromAuthority(error)) reportDenial(context, request, error);
  else throw error;
  const scopes = scopesOf(subject);
  return new UnguardedLifecycle(context, {
    id,
    traceId,
    ttlMs: ttlMs ?? defaults.ReservationCreateRequest.ttl_ms,
    sent: JSON.stringify(request),
    estimate,
    scopes,
    reservation: { decision: "ALLOW", affected_scopes: scopes },
    signal,
    observes,
  });
}

/** Whether a denial does not stop work. */
export function isObserved(
  { mode }: { readonly mode?: PolicyMode | undefined },
  { settings }: Pick<GuardContext, "settings">,
): boolean {
  return (mode ?? settings.mode) === "observe";
}

/** Reports what would have been denied without the mode `observe`. */
export function reportDenial(
  { settings }: Pick<GuardContext, "settings">,
  { action, subject, estimate }: Pick<ReservationCreateRequest, "action" | "subject" | "estimate">,
  error: CyclesError,
): void {
  const named = error instanceof CyclesApiError ? error.scope : undefined;
  const scope = named ?? scopesOf(subject).at(-1);
  const { code } = error;
  settings.notify({ type: "would_deny", code, scope, action, subject, estimate, error });
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

function isFromAuthority(error: unknown): error is CyclesError {
  return (
    error instanceof CyclesApiError ||
    error instanceof CyclesConnectionError ||
    error instanceof CyclesResponseError
  );
}

/** Work without a reservation. Its spend is recorded as an event. */
export class UnguardedLifecycle extends Lifecycle implements OpenGuard {
  readonly #context: GuardContext;
  readonly #spends: Spends;
  #expiresAt: number;

  constructor(context: GuardContext, grant: Grant) {
    super(grant, context.settings.notify);
    this.#context = context;
    this.#spends = new Spends(context, grant);
    this.#expiresAt = context.settings.clock.now() + grant.ttlMs;
    context.open.add(this);
  }

  override get expiresAt(): number {
    return this.#expiresAt;
  }

  override get isLeased(): boolean {
    return true;
  }

  protected override get leaseSignal(): WebAbortSignal {
    return NEVER;
  }

  /** There is no lease, so it never ends. */
  protected override lengthen(ms: number): Promise<ReservationExtendResponse> {
    this.#expiresAt += ms;
    return Promise.resolve({ status: "ACTIVE", expires_at_ms: Math.floor(this.#expiresAt) });
  }

  protected override beat(): void {
    // There is no lease to extend.
  }

  protected override keep(note: Note): void {
    this.#context.unguarded.spent(this.id, note.actual);
    this.#spends.log(
      () => this.noted,
      () => this.#expiresAt,
    );
  }

  protected override settle(note: Note): Promise<Settlement | FailedCommit> {
    this.#context.unguarded.spent(this.id, note.actual);
    return this.#spends.settle(this.#spends.toCommit(note), false);
  }

  protected override settleAgain(spend: Spend): Promise<Settlement | FailedCommit> {
    return this.#spends.settle(spend, true);
  }

  protected override free(): Promise<undefined> {
    this.#context.unguarded.giveBack(this.id);
    return Promise.resolve(undefined);
  }

  protected override confirmed(settlement: Settlement): Settlement {
    return settlement;
  }

  protected override ended(): void {
    this.#context.open.delete(this);
  }
}

const NEVER = new AbortController().signal;
