// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

import type { operations as Operations, paths } from "./paths.js";
import { validators, type Validator } from "./validators.js";

/** The name of an operation in the contract. */
export type OperationId = keyof Operations;

/** One operation of the contract: how it is called, and what fits. */
export interface Operation {
  readonly id: OperationId;
  readonly method: "GET" | "POST";
  readonly path: keyof paths;
  /** The one status that means success. */
  readonly success: number;
  /** Whether it takes an idempotency key. */
  readonly keyed: boolean;
  /** Which credentials it takes; none where it is public. */
  readonly security: readonly (keyof typeof securityHeaders)[];
  /** The query parameters and their types. */
  readonly query: Readonly<Record<string, "string" | "integer" | "boolean" | "array">>;
  /** Checks `{ path, query }`, strictly. */
  readonly parameters: Validator;
  /** Checks a request body, strictly; absent where there is none. */
  readonly request?: Validator;
  /** Checks the body of a success, tolerant of what is new. */
  readonly response: Validator;
}

/** The headers that carry credentials. */
export const securityHeaders = {
  "ApiKeyAuth": "X-Cycles-API-Key",
  "AdminKeyAuth": "X-Admin-API-Key"
} as const;

export const operations: { readonly [Id in OperationId]: Operation & { readonly id: Id } } = {
  decide: {
    id: "decide",
    method: "POST",
    path: "/v1/decide",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    query: {},
    parameters: validators.decideParameters,
    request: validators.decideRequest,
    response: validators.decideResponse,
  },
  createReservation: {
    id: "createReservation",
    method: "POST",
    path: "/v1/reservations",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    query: {},
    parameters: validators.createReservationParameters,
    request: validators.createReservationRequest,
    response: validators.createReservationResponse,
  },
  listReservations: {
    id: "listReservations",
    method: "GET",
    path: "/v1/reservations",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth","AdminKeyAuth"],
    query: {"idempotency_key":"string","status":"string","tenant":"string","workspace":"string","app":"string","workflow":"string","agent":"string","toolset":"string","from":"string","to":"string","expires_from":"string","expires_to":"string","finalized_from":"string","finalized_to":"string","sort_by":"string","sort_dir":"string","include":"array","limit":"integer","cursor":"string"},
    parameters: validators.listReservationsParameters,
    response: validators.listReservationsResponse,
  },
  getReservation: {
    id: "getReservation",
    method: "GET",
    path: "/v1/reservations/{reservation_id}",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth","AdminKeyAuth"],
    query: {},
    parameters: validators.getReservationParameters,
    response: validators.getReservationResponse,
  },
  commitReservation: {
    id: "commitReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/commit",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    query: {},
    parameters: validators.commitReservationParameters,
    request: validators.commitReservationRequest,
    response: validators.commitReservationResponse,
  },
  releaseReservation: {
    id: "releaseReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/release",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth","AdminKeyAuth"],
    query: {},
    parameters: validators.releaseReservationParameters,
    request: validators.releaseReservationRequest,
    response: validators.releaseReservationResponse,
  },
  extendReservation: {
    id: "extendReservation",
    method: "POST",
    path: "/v1/reservations/{reservation_id}/extend",
    success: 200,
    keyed: true,
    security: ["ApiKeyAuth"],
    query: {},
    parameters: validators.extendReservationParameters,
    request: validators.extendReservationRequest,
    response: validators.extendReservationResponse,
  },
  getBalances: {
    id: "getBalances",
    method: "GET",
    path: "/v1/balances",
    success: 200,
    keyed: false,
    security: ["ApiKeyAuth"],
    query: {"tenant":"string","workspace":"string","app":"string","workflow":"string","agent":"string","toolset":"string","include_children":"boolean","limit":"integer","cursor":"string"},
    parameters: validators.getBalancesParameters,
    response: validators.getBalancesResponse,
  },
  createEvent: {
    id: "createEvent",
    method: "POST",
    path: "/v1/events",
    success: 201,
    keyed: true,
    security: ["ApiKeyAuth"],
    query: {},
    parameters: validators.createEventParameters,
    request: validators.createEventRequest,
    response: validators.createEventResponse,
  },
  getEvidence: {
    id: "getEvidence",
    method: "GET",
    path: "/v1/evidence/{evidence_id}",
    success: 200,
    keyed: false,
    security: [],
    query: {},
    parameters: validators.getEvidenceParameters,
    response: validators.getEvidenceResponse,
  },
  getEvidenceJwks: {
    id: "getEvidenceJwks",
    method: "GET",
    path: "/v1/.well-known/cycles-jwks.json",
    success: 200,
    keyed: false,
    security: [],
    query: {},
    parameters: validators.getEvidenceJwksParameters,
    response: validators.getEvidenceJwksResponse,
  },
};

/** Checks the body of an error answer, tolerant of what is new. */
export const errorBody: Validator = validators.ErrorResponse;
