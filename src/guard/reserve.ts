import { defaults } from "../../generated/constants.js";
import { operations } from "../../generated/operations.js";
import type { ReservationCreateRequest } from "../../generated/paths.js";
import { BudgetDeniedError, CyclesValidationError } from "../errors.js";
import { readHeader } from "../protocol/headers.js";
import { scopesOf } from "../protocol/scope.js";
import { checkPolicies, type Settings } from "../settings.js";
import type { ReserveRequest } from "../params.js";
import type { Notice } from "../notices.js";
import type { PolicyOptions } from "../policy-options.js";
import { type Redactor, redactorOf } from "../secrets.js";
import { newTraceId } from "../protocol/trace.js";
import { type Performed, performTimed } from "../wire/call.js";
import { denied } from "../wire/classify.js";
import { concernedScopes } from "../wire/concerned-scopes.js";
import type { CallOptions } from "../wire/prepare.js";
import { undoGrant, unlessAborted } from "./abandoned.js";
import type { GuardContext } from "./context.js";
import { noteExtension } from "./extension.js";
import type { Grant } from "./grant.js";
import type { HeartbeatPolicy } from "./heartbeat-failure.js";
import type { Observed } from "./lease/observed.js";
import type { Lifecycle } from "./lifecycle.js";
import { ReservationLifecycle } from "./reservation.js";
import { isObserved, unguarded } from "./policy.js";

/** Options of a reserve and of its guard. */
export interface ReserveOptions extends CallOptions, PolicyOptions {
  /** The policy if the lease cannot be extended; `"warn"` by default. */
  readonly heartbeat?: HeartbeatPolicy;
  /**
   * Whether to reserve at the authority although the work runs inside an allowance. The default is
   * `false`: the work draws on the allowance.
   */
  readonly outside?: boolean;
}

/**
 * Reserves, and starts the lifecycle of a guard. Throws for every form of denial, unless a policy
 * lets the work run without a reservation.
 *
 * If the caller abandons the reserve and the grant arrives later, the grant is undone in the
 * background.
 */
export function reserve(
  context: GuardContext,
  request: ReserveRequest,
  options: ReserveOptions = {},
): Promise<Lifecycle> {
  // Not an async function, because a suspended one holds much more memory than two callbacks.
  try {
    return begin(context, request, options);
  } catch (error) {
    return Promise.reject(error);
  }
}

function begin(
  context: GuardContext,
  request: ReserveRequest,
  options: ReserveOptions,
): Promise<Lifecycle> {
  context.begin();
  checkPolicies(options);
  const { settings, send } = context;
  const startedAt = settings.clock.monotonic();
  const traceId = newTraceId();
  const ownKey = request.idempotency_key ?? options.idempotencyKey;
  const body = bodyOf(context, request, ownKey);
  const asked: Asked = () => ({
    action: body.action,
    subject: body.subject,
    estimate: body.estimate,
    durationMs: settings.clock.monotonic() - startedAt,
  });
  const reserving = performTimed(settings, send, {
    operation: operations.createReservation,
    body,
    options,
    traceId,
    finishOnceSent: true,
  });
  const kept = unlessAborted(reserving, options.signal, ({ data }) => {
    const { idempotency_key: idempotencyKey } = body;
    undoGrant(context, data, { idempotencyKey, isOwnKey: ownKey !== undefined, traceId });
  });
  const failed = (error: unknown): Lifecycle => {
    try {
      return unguarded(context, body, options, traceId, error);
    } catch {
      throw reported(settings, error, asked);
    }
  };
  return kept.then((performed) => {
    let grant: Grant;
    try {
      grant = granted(context, body, options, traceId, performed);
    } catch (error) {
      return failed(error);
    }
    const { remaining_ttl_ms: remainingTtlMs, expires_at_ms: expiresAtMs } = performed.data;
    if (remainingTtlMs === 0) return renewed(context, grant, options, asked).catch(failed);
    const { sentAt, receivedAt } = performed.timing;
    const observed = { remainingTtlMs, expiresAtMs, sentAt, receivedAt };
    return open(context, grant, options, observed, asked);
  }, failed);
}

/** What a notice says about the request of a reserve. */
type Asked = () => Pick<Extract<Notice, { type: "reserved" }>, AskedField>;
type AskedField = "action" | "subject" | "estimate" | "durationMs";

/**
 * The body of a reserve, with the subject filled in.
 *
 * @throws {@link CyclesValidationError} for a dry run
 */
export function bodyOf(
  context: Pick<GuardContext, "subjectFor">,
  request: ReserveRequest,
  ownKey: string | undefined,
): ReservationCreateRequest {
  if ("dry_run" in request) {
    throw new CyclesValidationError("The reserve request", [
      {
        path: "dry_run",
        message: "must be left out, because a dry run reserves nothing: use createReservation",
      },
    ]);
  }
  const body: ReservationCreateRequest = Object.assign({}, request, {
    idempotency_key: ownKey ?? crypto.randomUUID(),
    subject: context.subjectFor("createReservation", request),
  });
  // Copies, because the caller may change its objects before the estimate is committed.
  if (isObject(body.estimate)) body.estimate = Object.assign({}, body.estimate);
  if (isObject(body.action)) body.action = Object.assign({}, body.action);
  return body;
}

/** Reports a denial. Returns the error. */
function reported({ notify }: Settings, error: unknown, asked: Asked): unknown {
  if (error instanceof BudgetDeniedError) notify({ type: "denied", ...asked(), error });
  return error;
}

/** Returns what the server granted. Throws if the response is a denial. */
function granted(
  context: GuardContext,
  request: ReservationCreateRequest,
  options: ReserveOptions,
  traceId: string,
  { sent, response, data: reservation }: Performed<"createReservation">,
): Grant {
  const { decision, reservation_id: id, affected_scopes: affected } = reservation;
  if (decision === "DENY" || id === undefined) {
    throw denied(
      {
        operation: "createReservation",
        idempotencyKey: request.idempotency_key,
        status: response.status,
        code: reservation.reason_code ?? "DENY",
        requestId: readHeader(response.headers, "X-Request-Id"),
        traceId,
        retryAfterMs: reservation.retry_after_ms,
        body: reservation,
        ...concernedScopes(scopesOf(request.subject), { affected_scopes: affected }),
      },
      redactorFor(context.settings, options),
    );
  }
  return {
    id,
    traceId,
    ttlMs: request.ttl_ms ?? grantedTtl(reservation.remaining_ttl_ms),
    sent,
    action: request.action,
    estimate: request.estimate,
    scopes: affected.length > 0 ? affected : scopesOf(request.subject),
    reservation,
    signal: options.signal,
    observes: isObserved(options, context),
  };
}

function open(
  context: GuardContext,
  grant: Grant,
  options: ReserveOptions,
  observed: Observed,
  asked: Asked,
): ReservationLifecycle {
  const { settings } = context;
  const { id: reservationId, traceId, estimate, scopes, reservation } = grant;
  const { caps, decision, reserved = estimate } = reservation;
  settings.notify(
    { type: "reserved", reservationId, ...asked(), reserved, decision, scopes, traceId },
    () => redactorFor(settings, options),
  );
  const { heartbeat = "warn" } = options;
  if (!grant.observes) return new ReservationLifecycle(context, grant, heartbeat, observed);
  if (caps) settings.notify({ type: "would_cap", reservationId, caps });
  return new ReservationLifecycle(context, grant, "warn", observed);
}

/**
 * Extends a lease with 0 ms left. A repeated reserve returns one if its reservation has lapsed or
 * was settled, and the extension then throws before the work runs.
 *
 * @throws {@link ReservationStateError} if the reservation is over
 * @throws the errors of any other call
 */
async function renewed(
  context: GuardContext,
  grant: Grant,
  options: ReserveOptions,
  asked: Asked,
): Promise<ReservationLifecycle> {
  const { settings, send } = context;
  const { id, traceId, ttlMs, signal, scopes } = grant;
  const { data, timing } = await performTimed(settings, send, {
    operation: operations.extendReservation,
    path: { reservation_id: id },
    body: { extend_by_ms: ttlMs },
    options: { signal },
    traceId,
    scopes,
  });
  const observed = noteExtension(settings, grant, { body: data, timing });
  return open(context, grant, options, observed, asked);
}

function redactorFor(settings: Settings, { headers }: ReserveOptions): Redactor {
  return redactorOf(settings.apiKey, { ...settings.headers, ...headers });
}

/** A caller without type checks may pass anything. The validator reports it later. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The ttl of a request without one: the granted time, if an extension can request it. */
function grantedTtl(remainingTtlMs: number | undefined): number {
  const extension = { idempotency_key: "any", extend_by_ms: remainingTtlMs };
  return remainingTtlMs !== undefined && operations.extendReservation.request(extension)
    ? remainingTtlMs
    : defaults.ReservationCreateRequest.ttl_ms;
}
