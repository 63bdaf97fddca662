// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

import type { securityHeaders } from "./constants.js";
import type { components, OperationTypes, paths } from "./paths.js";
import {
  type Validator,
  ErrorResponse,
  commitReservationRequest,
  commitReservationResponse,
  createEventRequest,
  createEventResponse,
  createReservationRequest,
  createReservationResponse,
  decideParameters,
  decideRequest,
  decideResponse,
  extendReservationRequest,
  extendReservationResponse,
  getBalancesParameters,
  getBalancesResponse,
  getEvidenceJwksResponse,
  getEvidenceParameters,
  getEvidenceResponse,
  getReservationParameters,
  getReservationResponse,
  listReservationsParameters,
  listReservationsResponse,
  releaseReservationRequest,
  releaseReservationResponse,
} from "./validators.js";

/** The name of an operation in the contract. */
export type OperationId =
  | "decide"
  | "createReservation"
  | "listReservations"
  | "getReservation"
  | "commitReservation"
  | "releaseReservation"
  | "extendReservation"
  | "getBalances"
  | "createEvent"
  | "getEvidence"
  | "getEvidenceJwks";

/** An operation that takes a request body. */
export type OperationIdWithBody =
  "decide" | "createReservation" | "commitReservation" | "releaseReservation" | "extendReservation" | "createEvent";

/** The parameters in the path of an operation; an empty object if it has none. */
export type PathParameters<Id extends OperationId> = OperationTypes[Id]["parameters"]["path"];

/** The parameters in the query of an operation; an empty object if it has none. */
export type QueryParameters<Id extends OperationId> = OperationTypes[Id]["parameters"]["query"];

/** The body of a request; `undefined` if the operation takes none. */
export type RequestBody<Id extends OperationId> = OperationTypes[Id]["request"];

/** The body of a success. A newer server may send further fields, and values that an enum here does not list. */
export type ResponseBody<Id extends OperationId> = OperationTypes[Id]["response"];

/** One operation of the contract: how it is called, and the checks of what it takes and returns. */
export interface Operation<Id extends OperationId = OperationId> {
  readonly id: Id;
  readonly method: "POST" | "GET";
  readonly path: keyof paths;
  /** The only status that means success. */
  readonly success: number;
  /** Whether it takes an idempotency key. */
  readonly keyed: boolean;
  /** The credentials that it accepts; empty if it is public. */
  readonly security: readonly (keyof typeof securityHeaders)[];
  /** Strict. */
  readonly parameters: Validator<OperationTypes[Id]["parameters"]>;
  /** Strict; `undefined` if the operation takes no body. */
  readonly request: Id extends OperationIdWithBody ? Validator<RequestBody<Id>> : undefined;
  /** Accepts what a newer server may add. */
  readonly response: Validator<ResponseBody<Id>>;
  /** The fields that the body of a success may leave out; absent if the body must stay as it came. */
  readonly optional?: Optional;
}

/** Which fields a value may leave out. In these, `null` means that the field is absent. */
export interface Optional {
  readonly fields?: readonly string[];
  /** The same for the values of its fields. */
  readonly within?: Readonly<Record<string, Optional>>;
  /** The same for each item of an array, or each member of a map. */
  readonly each?: Optional;
}

const optional0: Optional = {
  fields: ["max_tokens", "max_steps_remaining", "tool_allowlist", "tool_denylist", "cooldown_ms"],
};
const optional1: Optional = {
  fields: ["caps", "reason_code", "retry_after_ms", "affected_scopes", "cycles_evidence"],
  within: { caps: optional0 },
};
const optional2: Optional = { fields: ["reserved", "spent", "debt", "allocated", "overdraft_limit", "is_over_limit"] };
const optional3: Optional = { each: optional2 };
const optional4: Optional = {
  fields: [
    "reservation_id",
    "reserved",
    "expires_at_ms",
    "remaining_ttl_ms",
    "scope_path",
    "caps",
    "balances",
    "reason_code",
    "retry_after_ms",
    "cycles_evidence",
  ],
  within: { caps: optional0, balances: optional3 },
};
const optional5: Optional = { fields: ["tenant", "workspace", "app", "workflow", "agent", "toolset", "dimensions"] };
const optional6: Optional = { fields: ["tags"] };
const optional7: Optional = { fields: ["reserve", "commit", "release"] };
const optional8: Optional = {
  fields: ["idempotency_key", "finalized_at_ms", "committed", "metadata", "committed_metadata", "evidence"],
  within: { subject: optional5, action: optional6, evidence: optional7 },
};
const optional9: Optional = { each: optional8 };
const optional10: Optional = { fields: ["next_cursor", "has_more"], within: { reservations: optional9 } };
const optional11: Optional = {
  fields: ["idempotency_key", "committed", "finalized_at_ms", "metadata", "committed_metadata", "evidence"],
  within: { subject: optional5, action: optional6, evidence: optional7 },
};
const optional12: Optional = { fields: ["released", "balances", "cycles_evidence"], within: { balances: optional3 } };
const optional13: Optional = { fields: ["balances", "cycles_evidence"], within: { balances: optional3 } };
const optional14: Optional = { fields: ["remaining_ttl_ms", "balances"], within: { balances: optional3 } };
const optional15: Optional = { fields: ["next_cursor", "has_more"], within: { balances: optional3 } };
const optional16: Optional = { fields: ["charged", "balances"], within: { balances: optional3 } };
const optional17: Optional = { fields: ["alg", "status"] };
const optional18: Optional = { each: optional17 };
const optional19: Optional = { within: { keys: optional18 } };
const optional20: Optional = { fields: ["trace_id", "details", "cycles_evidence"] };

/** Every operation of the contract. */
export const operations: {
  readonly [Id in OperationId]: Operation<Id>;
} = {
  decide: {
    id: "decide",
    method: "POST",
    path: "/v1/decide",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    parameters: decideParameters,
    request: decideRequest,
    response: decideResponse,
    optional: optional1,
  },
  createReservation: {
    id: "createReservation",
    method: "POST",
    path: "/v1/reservations",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    parameters: decideParameters,
    request: createReservationRequest,
    response: createReservationResponse,
    optional: optional4,
  },
  listReservations: {
    id: "listReservations",
    method: "GET",
    path: "/v1/reservations",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth", "AdminKeyAuth"],
    parameters: listReservationsParameters,
    request: undefined,
    response: listReservationsResponse,
    optional: optional10,
  },
  getReservation: {
    id: "getReservation",
    method: "GET",
    path: "/v1/reservations/{reservation_id}",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth", "AdminKeyAuth"],
    parameters: getReservationParameters,
    request: undefined,
    response: getReservationResponse,
    optional: optional11,
  },
  commitReservation: {
    id: "commitReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/commit",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    parameters: getReservationParameters,
    request: commitReservationRequest,
    response: commitReservationResponse,
    optional: optional12,
  },
  releaseReservation: {
    id: "releaseReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/release",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth", "AdminKeyAuth"],
    parameters: getReservationParameters,
    request: releaseReservationRequest,
    response: releaseReservationResponse,
    optional: optional13,
  },
  extendReservation: {
    id: "extendReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/extend",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    parameters: getReservationParameters,
    request: extendReservationRequest,
    response: extendReservationResponse,
    optional: optional14,
  },
  getBalances: {
    id: "getBalances",
    method: "GET",
    path: "/v1/balances",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth"],
    parameters: getBalancesParameters,
    request: undefined,
    response: getBalancesResponse,
    optional: optional15,
  },
  createEvent: {
    id: "createEvent",
    method: "POST",
    path: "/v1/events",
    success: 201,
    keyed: true,
    security: ["ApiKeyAuth"],
    parameters: decideParameters,
    request: createEventRequest,
    response: createEventResponse,
    optional: optional16,
  },
  getEvidence: {
    id: "getEvidence",
    method: "GET",
    path: "/v1/evidence/{evidence_id}",
    success: 200,
    keyed: false,
    security: [],
    parameters: getEvidenceParameters,
    request: undefined,
    response: getEvidenceResponse,
  },
  getEvidenceJwks: {
    id: "getEvidenceJwks",
    method: "GET",
    path: "/v1/.well-known/cycles-jwks.json",
    success: 200,
    keyed: false,
    security: [],
    parameters: decideParameters,
    request: undefined,
    response: getEvidenceJwksResponse,
    optional: optional19,
  },
};

/**
 * The query parameters of each operation and their types. They are not part of {@link operations},
 * because only a server needs them, and clients then do not load them.
 */
export const queryTypes: {
  readonly [Id in OperationId]: Readonly<Record<string, "string" | "integer" | "boolean" | "array">>;
} = {
  decide: {},
  createReservation: {},
  listReservations: {
    idempotency_key: "string",
    status: "string",
    tenant: "string",
    workspace: "string",
    app: "string",
    workflow: "string",
    agent: "string",
    toolset: "string",
    from: "string",
    to: "string",
    expires_from: "string",
    expires_to: "string",
    finalized_from: "string",
    finalized_to: "string",
    sort_by: "string",
    sort_dir: "string",
    include: "array",
    limit: "integer",
    cursor: "string",
  },
  getReservation: {},
  commitReservation: {},
  releaseReservation: {},
  extendReservation: {},
  getBalances: {
    tenant: "string",
    workspace: "string",
    app: "string",
    workflow: "string",
    agent: "string",
    toolset: "string",
    include_children: "boolean",
    limit: "integer",
    cursor: "string",
  },
  createEvent: {},
  getEvidence: {},
  getEvidenceJwks: {},
};

/** Checks the body of an error response; accepts what a newer server may add. */
export const errorBody: Validator<components["schemas"]["ErrorResponse"]> = ErrorResponse;

/** The fields that the body of an error response may leave out. */
export const errorOptional: Optional = optional20;
