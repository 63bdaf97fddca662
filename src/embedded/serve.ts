import { securityHeaders } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { isTraceId, newTraceId, parseTraceparent } from "../trace.js";
import { decide, reserve } from "./ledger/reserve.js";
import { getBalances, getReservation, listReservations } from "./ledger/queries.js";
import { Refusal } from "./ledger/refusal.js";
import { canonical } from "./ledger/replay.js";
import { commit, extend, record, release } from "./ledger/settle.js";
import type { Answer, Decision, LedgerState } from "./ledger/state.js";
import { readBody, readParameters } from "./requests.js";
import { type Route, route } from "./routes.js";

type Schemas = components["schemas"];

/** What serving needs of the authority. */
export interface Desk {
  /** The ledger with everything expired that should be, and the time. */
  open(): { readonly state: LedgerState; readonly now: number };
  /** Makes a decision's changes real. */
  apply(decision: Decision): void;
  /** The tenant that a key belongs to. */
  tenantOf(apiKey: string): string | undefined;
}

/** One request of the protocol, from HTTP to HTTP. */
export async function serve(desk: Desk, request: Request): Promise<Response> {
  const traceId = traceIdOf(request.headers);
  const requestId = crypto.randomUUID();
  const headers = new Headers({ "X-Request-Id": requestId, "X-Cycles-Trace-Id": traceId });
  try {
    const url = new URL(request.url);
    const found = route(request.method, url.pathname);
    const tenant = authenticate(desk, found, request.headers);
    if (tenant !== undefined) headers.set("X-Cycles-Tenant", tenant);
    const query = readParameters(found.operation, found.ids, url.searchParams);
    const body = await readBody(found.operation, request);
    const { status, body: answer } = perform(desk, found, tenant ?? "", query, body);
    return Response.json(answer, { status, headers });
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : new Refusal(500, "INTERNAL_ERROR", String(error));
    const body: Schemas["ErrorResponse"] = {
      error: refusal.code,
      message: refusal.message,
      request_id: requestId,
      trace_id: traceId,
      ...(refusal.details && { details: { ...refusal.details } }),
    };
    return Response.json(body, { status: refusal.status, headers });
  }
}

/** From here on everything happens in one turn, so that no two requests see the same ledger and both change it. */
function perform(
  desk: Desk,
  { operation, ids }: Route,
  tenant: string,
  query: Record<string, unknown>,
  body: unknown,
): Answer {
  const { state, now } = desk.open();
  const reservationId = ids["reservation_id"] ?? "";
  const { idempotency_key: key, subject } = (body ?? {}) as {
    idempotency_key?: string;
    subject?: Schemas["Subject"];
  };
  mustBeOwn(tenant, subject?.tenant ?? (query["tenant"] as string | undefined));
  const common = {
    tenant,
    id: crypto.randomUUID(),
    reservationId,
    replayKey: [tenant, operation.id, reservationId, key].join("\n"),
    fingerprint: canonical(body ?? null),
  };
  const change = (decision: Decision): Answer => {
    desk.apply(decision);
    return decision.answer;
  };
  const show = (shown: object): Answer => ({ status: operation.success, body: shown });
  // The generated validators have just said that body and query fit the operation.
  switch (operation.id) {
    case "createReservation":
      return change(
        reserve(state, { ...common, request: body as Schemas["ReservationCreateRequest"] }, now),
      );
    case "commitReservation":
      return change(commit(state, { ...common, request: body as Schemas["CommitRequest"] }, now));
    case "releaseReservation":
      return change(release(state, { ...common, request: body as Schemas["ReleaseRequest"] }, now));
    case "extendReservation":
      return change(
        extend(state, { ...common, request: body as Schemas["ReservationExtendRequest"] }, now),
      );
    case "decide":
      return change(decide(state, { ...common, request: body as Schemas["DecisionRequest"] }, now));
    case "createEvent":
      return change(
        record(state, { ...common, request: body as Schemas["EventCreateRequest"] }, now),
      );
    case "getReservation":
      return show(getReservation(state, common));
    case "listReservations":
      return show(listReservations(state, tenant, query));
    case "getBalances":
      mustNameLevel(query);
      return show(getBalances(state, tenant, query));
    case "getEvidence":
    case "getEvidenceJwks":
      throw new Refusal(404, "NOT_FOUND", "This authority signs no evidence");
    default:
      return operation.id satisfies never;
  }
}

function authenticate(desk: Desk, { operation }: Route, headers: Headers): string | undefined {
  if (operation.security.length === 0) return undefined;
  const key = headers.get(securityHeaders.ApiKeyAuth);
  const tenant = key === null ? undefined : desk.tenantOf(key);
  if (tenant !== undefined) return tenant;
  throw new Refusal(
    401,
    "UNAUTHORIZED",
    key === null ? `${securityHeaders.ApiKeyAuth} is missing` : "The API key is not known",
  );
}

/** A key spends and reads for its own tenant only. */
function mustBeOwn(tenant: string, named: string | undefined): void {
  if (named === undefined || tenant === "" || named === tenant) return;
  throw new Refusal(403, "FORBIDDEN", `The API key belongs to another tenant than ${named}`);
}

function mustNameLevel(query: Record<string, unknown>): void {
  const { limit: _, cursor: __, include_children: ___, ...levels } = query;
  if (Object.keys(levels).length > 0) return;
  throw new Refusal(
    400,
    "INVALID_REQUEST",
    "At least one level of a subject must be named, for example tenant",
  );
}

/** `traceparent` wins; what is malformed counts as absent. (Protocol: correlation and tracing.) */
function traceIdOf(headers: Headers): string {
  const flat = headers.get("x-cycles-trace-id");
  const parent = parseTraceparent(headers.get("traceparent") ?? "");
  return parent ?? (flat !== null && isTraceId(flat) ? flat : newTraceId());
}
