import { defaults } from "../../generated/constants.js";
import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { BudgetDeniedError, CyclesValidationError } from "../errors.js";
import { readHeader } from "../protocol/headers.js";
import { scopesOf } from "../protocol/scope.js";
import type { Settings } from "../settings.js";
import type { ReserveRequest } from "../params.js";
import { type Redactor, redactorOf } from "../secrets.js";
import { newTraceId } from "../protocol/trace.js";
import { type Performed, performTimed } from "../wire/call.js";
import { denied } from "../wire/classify.js";
import { type CallOptions, fillSubject } from "../wire/prepare.js";
import { undoGrant, unlessAborted } from "./abandoned.js";
import type { GuardContext } from "./context.js";
import type { HeartbeatPolicy } from "./heartbeat.js";
import type { Observed } from "./lease/observed.js";
import { Lifecycle } from "./lifecycle.js";
import { type Held, noteExtension } from "./reservation.js";

type CreateRequest = components["schemas"]["ReservationCreateRequest"];

/** How to reserve it. */
export interface ReserveOptions extends CallOptions {
  /** What happens when the lease cannot be kept; `"warn"` by default. */
  readonly heartbeat?: HeartbeatPolicy;
}

/**
 * Reserves, and begins the life of a guard. A denial in whatever form is thrown.
 *
 * If the caller gives the reserve up and its grant comes later, the grant is undone in the background.
 */
export async function reserve(
  context: GuardContext,
  request: ReserveRequest,
  options: ReserveOptions = {},
): Promise<Lifecycle> {
  context.begin();
  const { settings, send } = context;
  if ("dry_run" in request) {
    throw new CyclesValidationError("The reserve request", [
      {
        path: "dry_run",
        message: "reserves nothing that a guard could hold; use createReservation",
      },
    ]);
  }
  const traceId = newTraceId();
  const ownKey = request.idempotency_key ?? options.idempotencyKey;
  const body: CreateRequest = Object.assign({}, request, {
    idempotency_key: ownKey ?? crypto.randomUUID(),
    subject: fillSubject(settings, "createReservation", request.subject),
  });
  // The caller may change its own object before the commit takes the estimate from here.
  if (isObject(body.estimate)) body.estimate = Object.assign({}, body.estimate);
  const performed = performTimed(settings, send, {
    operation: operations.createReservation,
    body,
    options,
    traceId,
    finishOnceSent: true,
  });
  try {
    const granted = await unlessAborted(performed, options.signal, ({ data }) => {
      const { idempotency_key: idempotencyKey } = body;
      undoGrant(context, data, { idempotencyKey, isOwnKey: ownKey !== undefined, traceId });
    });
    const held = hold(context, body, options, traceId, granted);
    const { remaining_ttl_ms: remainingTtlMs, expires_at_ms: expiresAtMs } = granted.data;
    const { sentAt, receivedAt } = granted.timing;
    const observed =
      remainingTtlMs === 0
        ? await renew(held, options.signal)
        : { remainingTtlMs, expiresAtMs, sentAt, receivedAt };
    return begin(context, body, options, held, granted, observed);
  } catch (error) {
    if (error instanceof BudgetDeniedError) settings.notify({ type: "denied", error });
    throw error;
  }
}

/** What was granted. A denial is thrown. */
function hold(
  { settings, send }: GuardContext,
  request: CreateRequest,
  options: ReserveOptions,
  traceId: string,
  { response, data }: Performed<"createReservation">,
): Held {
  const { reservation_id: id, expires_at_ms: expiresAt } = data;
  if (data.decision === "DENY" || id === undefined) {
    throw denied(
      {
        operation: "createReservation",
        idempotencyKey: request.idempotency_key,
        status: response.status,
        code: data.reason_code ?? "DENY",
        requestId: readHeader(response.headers, "X-Request-Id"),
        traceId,
        retryAfterMs: data.retry_after_ms,
        body: data,
        scopes: data.affected_scopes.length > 0 ? data.affected_scopes : scopesOf(request.subject),
      },
      redactorFor(settings, options),
    );
  }
  const ttlMs = request.ttl_ms ?? grantedTtl(data.remaining_ttl_ms);
  return {
    settings,
    send,
    clock: settings.clock,
    id,
    traceId,
    ttlMs,
    expiresAt: expiresAt ?? settings.clock.now() + ttlMs,
    failure: undefined,
    controller: undefined,
  };
}

function begin(
  context: GuardContext,
  request: CreateRequest,
  options: ReserveOptions,
  held: Held,
  { sent, data: reservation }: Performed<"createReservation">,
  observed: Observed,
): Lifecycle {
  const { settings } = context;
  const { unit, amount } = request.estimate;
  const estimate = { unit, amount };
  const { reserved = estimate } = reservation;
  settings.notify({
    type: "reserved",
    reservationId: held.id,
    // Another unit than ours may be any text.
    reserved: reserved.unit === unit ? reserved : redactorFor(settings, options).value(reserved),
    traceId: held.traceId,
  });
  const { heartbeat = "warn", signal } = options;
  return new Lifecycle(context, { held, sent, estimate, reservation, observed, heartbeat, signal });
}

/**
 * Extends a lease that reads 0: the reserve was repeated after its reservation had lapsed or was settled, which must
 * be found out before the work runs.
 *
 * @throws {@link ReservationStateError} if the reservation is over, and the errors of any other call
 */
async function renew(held: Held, signal: AbortSignal | undefined): Promise<Observed> {
  const { settings, send, id, traceId, ttlMs } = held;
  const { data, timing } = await performTimed(settings, send, {
    operation: operations.extendReservation,
    path: { reservation_id: id },
    body: { extend_by_ms: ttlMs },
    options: { signal },
    traceId,
  });
  return noteExtension(held, data, timing);
}

function redactorFor(settings: Settings, { headers }: ReserveOptions): Redactor {
  return redactorOf(settings.apiKey, { ...settings.headers, ...headers });
}

/** What JavaScript hands over may be anything; the checks of the request say so. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** No ttl was asked for: what was granted stands for the tenant's own default, if it can be asked for again. */
function grantedTtl(remainingTtlMs: number | undefined): number {
  const extension = { idempotency_key: "any", extend_by_ms: remainingTtlMs };
  return remainingTtlMs !== undefined && operations.extendReservation.request(extension)
    ? remainingTtlMs
    : defaults.ReservationCreateRequest.ttl_ms;
}
