import type { OperationId, QueryParameters, RequestBody } from "../generated/operations.js";
import type { Subject, SubjectDefaults } from "./protocol/subject.js";

// The bodies and queries are interfaces, because an editor shows those by their names.

/** A request body whose idempotency key the client fills in. */
export type Keyed<Body extends { idempotency_key: string }> = Omit<Body, "idempotency_key"> & {
  /** 1 to 256 characters. Reuse a key only to repeat the same body. */
  readonly idempotency_key?: string;
};

/** A request body whose key and subject defaults the client fills in. */
export type Filled<Body extends { idempotency_key: string; subject: Subject }> = Omit<
  Keyed<Body>,
  "subject"
> & {
  /** Who or what the spend is for. The client's `subject` fills in the fields that are left out. */
  readonly subject?: SubjectDefaults;
};

/** The query parameters of an operation. Blank parameters are not sent. */
export type Query<Id extends OperationId> = {
  readonly [Name in keyof QueryParameters<Id>]?: QueryParameters<Id>[Name] | undefined;
};

/** The body of `createReservation`. (Protocol: createReservation.) */
export interface CreateReservationParams extends Filled<RequestBody<"createReservation">> {}

/** The body of `commitReservation`. (Protocol: commitReservation.) */
export interface CommitParams extends Keyed<RequestBody<"commitReservation">> {}

/** The body of `releaseReservation`. (Protocol: releaseReservation.) */
export interface ReleaseParams extends Keyed<RequestBody<"releaseReservation">> {}

/** The body of `extendReservation`. (Protocol: extendReservation.) */
export interface ExtendParams extends Keyed<RequestBody<"extendReservation">> {}

/** The body of `decide`. (Protocol: decide.) */
export interface DecideParams extends Filled<RequestBody<"decide">> {}

/** The body of `createEvent`. (Protocol: createEvent.) */
export interface CreateEventParams extends Filled<RequestBody<"createEvent">> {}

/** The filters of `listReservations`. (Protocol: listReservations.) */
export interface ListReservationsParams extends Query<"listReservations"> {}

/**
 * The filters of `getBalances`. At least one level of a subject is needed. (Protocol: getBalances.)
 */
export interface GetBalancesParams extends Query<"getBalances"> {}

/**
 * What a guard reserves, in the protocol's own fields. The client fills in the subject and the
 * idempotency key. `ttl_ms` is in milliseconds. (Protocol: createReservation.)
 *
 * @example
 * ```ts
 * import { type ReserveRequest, usd } from "cycles-client";
 * const request: ReserveRequest = {
 *   action: { kind: "llm.completion", name: "gpt-4o-mini" },
 *   estimate: usd("0.02"),
 *   subject: { agent: "planner" },
 * };
 * ```
 */
export interface ReserveRequest extends Omit<CreateReservationParams, "dry_run"> {}
