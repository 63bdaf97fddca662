import type {
  Balance,
  BalanceResponse,
  CommitResponse,
  DecisionResponse,
  EventCreateResponse,
  ReleaseResponse,
  ReservationCreateResponse,
  ReservationDetail,
  ReservationExtendResponse,
  ReservationListResponse,
  ReservationSummary,
} from "../generated/paths.js";
import type { ClientContext } from "./client-context.js";
import type {
  CommitParams,
  CreateEventParams,
  CreateReservationParams,
  DecideParams,
  ExtendParams,
  GetBalancesParams,
  ListReservationsParams,
  ReleaseParams,
} from "./params.js";
import type { ApiPromise } from "./wire/api-promise.js";
import type { ListPromise } from "./wire/list-promise.js";
import type { CallOptions } from "./wire/prepare.js";
import type { EvidenceEnvelope, EvidenceKeySet } from "./wire-types.js";

/** The operations of the protocol: one method for each, with the same name. */
export abstract class Operations {
  readonly #context: ClientContext;

  /** @internal */
  constructor(context: ClientContext) {
    this.#context = context;
  }

  /**
   * Holds an estimate against every budget of the subject, atomically. To get a guard, call
   * {@link CyclesClient.reserve} instead.
   */
  createReservation(
    body: CreateReservationParams,
    options?: CallOptions,
  ): ApiPromise<ReservationCreateResponse> {
    const subject = this.#context.subjectFor("createReservation", body);
    return this.#context.call("createReservation", { body: { ...body, subject }, options });
  }

  /** Records the cost of the work and frees the rest of the estimate. */
  commitReservation(
    reservationId: string,
    body: CommitParams,
    options?: CallOptions,
  ): ApiPromise<CommitResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("commitReservation", { path, body, options });
  }

  /** Frees the budget of a reservation whose work did not happen. */
  releaseReservation(
    reservationId: string,
    body: ReleaseParams = {},
    options?: CallOptions,
  ): ApiPromise<ReleaseResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("releaseReservation", { path, body, options });
  }

  /** Extends a reservation by a number of milliseconds from its current expiry. */
  extendReservation(
    reservationId: string,
    body: ExtendParams,
    options?: CallOptions,
  ): ApiPromise<ReservationExtendResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("extendReservation", { path, body, options });
  }

  /** Asks whether a spend would be allowed now. Holds no budget. */
  decide(body: DecideParams, options?: CallOptions): ApiPromise<DecisionResponse> {
    const subject = this.#context.subjectFor("decide", body);
    return this.#context.call("decide", { body: { ...body, subject }, options });
  }

  /** Records a spend that had no reservation. */
  createEvent(body: CreateEventParams, options?: CallOptions): ApiPromise<EventCreateResponse> {
    const subject = this.#context.subjectFor("createEvent", body);
    return this.#context.call("createEvent", { body: { ...body, subject }, options });
  }

  /**
   * Lists the tenant's reservations. Await the result to get the first page, or iterate over it to
   * get all items. By default, they are sorted by `created_at_ms`.
   */
  listReservations(
    query: ListReservationsParams = {},
    options?: CallOptions,
  ): ListPromise<ReservationListResponse, ReservationSummary> {
    // Without a sort key, the reference server returns items in no particular order and may repeat
    // some. A blank key is not sent.
    const sorted = query.sort_by ? query : { ...query, sort_by: "created_at_ms" as const };
    return this.#context.list(
      "listReservations",
      (cursor) => ({ query: cursor === undefined ? sorted : { ...sorted, cursor }, options }),
      ({ reservations }) => reservations,
    );
  }

  /** Gets a reservation. Rejects with {@link ReservationStateError} (410) if it has expired. */
  getReservation(reservationId: string, options?: CallOptions): ApiPromise<ReservationDetail> {
    const path = { reservation_id: reservationId };
    return this.#context.call("getReservation", { path, options });
  }

  /** Lists the balances of the scopes that match. The query needs at least one subject level. */
  getBalances(
    query: GetBalancesParams,
    options?: CallOptions,
  ): ListPromise<BalanceResponse, Balance> {
    return this.#context.list(
      "getBalances",
      (cursor) => ({ query: cursor === undefined ? query : { ...query, cursor }, options }),
      ({ balances }) => balances,
    );
  }

  /** Gets a signed record by its hash, 64 lower-case hex digits. It is public: no key is sent. */
  getEvidence(evidenceId: string, options?: CallOptions): ApiPromise<EvidenceEnvelope> {
    return this.#context.call("getEvidence", { path: { evidence_id: evidenceId }, options });
  }

  /** Gets the public keys that verify evidence. No API key is sent. */
  getEvidenceJwks(options?: CallOptions): ApiPromise<EvidenceKeySet> {
    return this.#context.call("getEvidenceJwks", { options });
  }
}
