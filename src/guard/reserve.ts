import { defaults } from "../../generated/constants.js";
import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { BudgetDeniedError, CyclesValidationError } from "../errors.js";
import { readHeader } from "../headers.js";
import type { Settings } from "../options.js";
import { scopesOf } from "../scope.js";
import { redactorOf } from "../secrets.js";
import type { Settler } from "../settlement/settler.js";
import type { SubjectDefaults } from "../subject.js";
import { newTraceId } from "../trace.js";
import type { CallOptions } from "../wire/attempt.js";
import { type Performed, performTimed } from "../wire/call.js";
import { denied } from "../wire/classify.js";
import { fillSubject } from "../wire/fill-subject.js";
import type { Send } from "../wire/send.js";
import { Guard } from "./guard.js";
import type { HeartbeatPolicy } from "./heartbeat.js";

type CreateRequest = components["schemas"]["ReservationCreateRequest"];
type CreateResponse = components["schemas"]["ReservationCreateResponse"];

/** What to reserve, in the protocol's own fields; the subject's defaults and the key are filled in. */
export type ReserveRequest = Omit<CreateRequest, "idempotency_key" | "subject" | "dry_run"> & {
  readonly idempotency_key?: string;
  readonly subject?: SubjectDefaults;
};

/** How to reserve it. */
export interface ReserveOptions extends CallOptions {
  /** What happens when the lease cannot be kept; `"warn"` by default. */
  readonly heartbeat?: HeartbeatPolicy;
}

/** What the guard's parts need of the client. */
export interface Desk {
  readonly settings: Settings;
  readonly send: Send;
  readonly settler: Settler;
  /** Every operation begins with it. */
  readonly begin: () => void;
}

/** Reserves, and makes the guard. A denial in whatever form is thrown. */
export async function reserve(
  desk: Desk,
  request: ReserveRequest,
  options: ReserveOptions = {},
): Promise<Guard> {
  const { settings, send } = desk;
  desk.begin();
  if ("dry_run" in request) {
    throw new CyclesValidationError("The reserve request", [
      {
        path: "dry_run",
        message: "reserves nothing that a guard could hold; use createReservation",
      },
    ]);
  }
  const traceId = newTraceId();
  const body = Object.assign({}, request, {
    idempotency_key: request.idempotency_key ?? options.idempotencyKey ?? crypto.randomUUID(),
    subject: fillSubject(settings, "createReservation", request.subject),
  });
  try {
    const performed = await performTimed<CreateResponse>(settings, send, {
      operation: operations.createReservation,
      body,
      options,
      traceId,
    });
    return toGuard(desk, body, options, traceId, performed);
  } catch (error) {
    if (error instanceof BudgetDeniedError) settings.notify({ type: "denied", error });
    throw error;
  }
}

function toGuard(
  { settings, send, settler }: Desk,
  request: CreateRequest,
  options: ReserveOptions,
  traceId: string,
  { answer, data, timing }: Performed<CreateResponse>,
): Guard {
  const { reservation_id: id, expires_at_ms: expiresAt, remaining_ttl_ms: remaining } = data;
  if (data.decision === "DENY" || id === undefined) {
    throw denied(
      {
        operation: "createReservation",
        idempotencyKey: request.idempotency_key,
        status: answer.status,
        code: data.reason_code ?? "DENY",
        requestId: readHeader(answer.headers, "X-Request-Id"),
        traceId,
        retryAfterMs: data.retry_after_ms,
        body: data,
        scopes: data.affected_scopes.length > 0 ? data.affected_scopes : scopesOf(request.subject),
      },
      redactorOf(settings.apiKey, { ...settings.headers, ...options.headers }),
    );
  }
  settings.notify({
    type: "reserved",
    reservationId: id,
    reserved: data.reserved ?? request.estimate,
    traceId,
  });
  const ttlMs = request.ttl_ms ?? grantedTtl(remaining);
  return new Guard({
    held: {
      settings,
      send,
      clock: settings.clock,
      id,
      traceId,
      ttlMs,
      expiresAt: expiresAt ?? settings.clock.now() + ttlMs,
      open: true,
      failure: undefined,
      controller: undefined,
    },
    settler,
    request,
    reservation: data,
    observed: { remainingTtlMs: remaining, expiresAtMs: expiresAt, ...timing },
    heartbeat: options.heartbeat ?? "warn",
    signal: options.signal,
  });
}

/** Nobody asked for a ttl: what was granted stands for the tenant's own default, where it can be asked for again. */
function grantedTtl(remainingTtlMs: number | undefined): number {
  const extension = { idempotency_key: "any", extend_by_ms: remainingTtlMs };
  return remainingTtlMs !== undefined && operations.extendReservation.request?.(extension) === true
    ? remainingTtlMs
    : defaults.ReservationCreateRequest.ttl_ms;
}
