import { defaults } from "../../../generated/constants.js";
import type { components } from "../../../generated/paths.js";
import { scopesOf } from "../../scope.js";
import { charge } from "./charge.js";
import { mustBeOpenTenant, mustHaveBudgets, notActive } from "./checks.js";
import { Refusal } from "./refusal.js";
import { idempotent, type Keyed } from "./replay.js";
import {
  type Budget,
  budgetsFor,
  type Decision,
  type LedgerState,
  type Reservation,
  toBalance,
} from "./state.js";

type Schemas = components["schemas"];

/** A command about one reservation of a tenant. */
export interface ReservationCommand<Request> extends Keyed {
  readonly tenant: string;
  readonly reservationId: string;
  readonly request: Request;
}

/** Records what the work cost. A refused commit leaves the reservation as it is. (Protocol: commitReservation.) */
export function commit(
  state: LedgerState,
  command: ReservationCommand<Schemas["CommitRequest"]>,
  now: number,
): Decision {
  const reservation = own(state, command);
  return idempotent(state, command, now, () => {
    const { actual, metadata } = command.request;
    mustBeOpenTenant(state, command.tenant);
    mustBeActive(reservation);
    if (actual.unit !== reservation.reserved.unit) {
      throw new Refusal(
        400,
        "UNIT_MISMATCH",
        `The reservation is in ${reservation.reserved.unit}, the actual in ${actual.unit}`,
      );
    }
    mustNotBeExpired(reservation, now, reservation.graceMs);
    const { unit, amount: held } = reservation.reserved;
    const { charged, budgets } = charge(
      budgetsFor(state, reservation.scopes, unit),
      held,
      actual.amount,
      reservation.policy,
    );
    const committed: Reservation = {
      ...reservation,
      status: "COMMITTED",
      finalizedAt: now,
      committed: { unit, amount: charged },
      ...(metadata && { committedMetadata: metadata }),
    };
    const body: Schemas["CommitResponse"] = {
      status: "COMMITTED",
      charged: { unit, amount: charged },
      released: { unit, amount: Math.max(0, held - charged) },
      balances: budgets.map(toBalance),
    };
    return { answer: { status: 200, body }, changes: { budgets, reservations: [committed] } };
  });
}

/** Gives a reservation back. An admin may do it for any tenant. (Protocol: releaseReservation.) */
export function release(
  state: LedgerState,
  command: ReservationCommand<Schemas["ReleaseRequest"]>,
  now: number,
): Decision {
  const reservation = own(state, command);
  return idempotent(state, command, now, () => {
    mustBeOpenTenant(state, command.tenant);
    mustBeActive(reservation);
    mustNotBeExpired(reservation, now, reservation.graceMs);
    const budgets = givenBack(state, reservation);
    const body: Schemas["ReleaseResponse"] = {
      status: "RELEASED",
      released: reservation.reserved,
      balances: budgets.map(toBalance),
    };
    const released: Reservation = { ...reservation, status: "RELEASED", finalizedAt: now };
    return { answer: { status: 200, body }, changes: { budgets, reservations: [released] } };
  });
}

/** Moves the expiry out from where it is. (Protocol: extendReservation.) */
export function extend(
  state: LedgerState,
  command: ReservationCommand<Schemas["ReservationExtendRequest"]>,
  now: number,
): Decision {
  const reservation = own(state, command);
  return idempotent(state, command, now, () => {
    mustBeOpenTenant(state, command.tenant);
    mustBeActive(reservation);
    mustNotBeExpired(reservation, now, 0);
    const extensions = reservation.extensions + 1;
    if (extensions > state.maxExtensions) {
      throw new Refusal(
        409,
        "MAX_EXTENSIONS_EXCEEDED",
        `A reservation can be extended ${String(state.maxExtensions)} times`,
      );
    }
    const expiresAt =
      reservation.expiresAt + Math.min(command.request.extend_by_ms, state.maxTtlMs);
    const body: Schemas["ReservationExtendResponse"] = {
      status: "ACTIVE",
      expires_at_ms: expiresAt,
      remaining_ttl_ms: expiresAt - now,
    };
    return {
      answer: { status: 200, body },
      changes: { reservations: [{ ...reservation, expiresAt, extensions }] },
    };
  });
}

/** Charges a spend that had no reservation. (Protocol: createEvent.) */
export function record(
  state: LedgerState,
  command: Keyed & {
    readonly tenant: string;
    readonly id: string;
    readonly request: Schemas["EventCreateRequest"];
  },
  now: number,
): Decision {
  return idempotent(state, command, now, () => {
    const {
      subject,
      actual,
      overage_policy: policy = defaults.EventCreateRequest.overage_policy,
    } = command.request;
    mustBeOpenTenant(state, command.tenant);
    const before = mustHaveBudgets(state, scopesOf(subject), actual.unit);
    const closed = before.map(notActive).find((refusal) => refusal !== undefined);
    if (closed) throw closed;
    const { charged, budgets } = charge(before, 0, actual.amount, policy);
    const body: Schemas["EventCreateResponse"] = {
      status: "APPLIED",
      event_id: command.id,
      charged: { unit: actual.unit, amount: charged },
      balances: budgets.map(toBalance),
    };
    return { answer: { status: 201, body }, changes: { budgets } };
  });
}

/** The budgets of a reservation after its hold on them has ended. */
export function givenBack(state: LedgerState, { reserved, scopes }: Reservation): Budget[] {
  return budgetsFor(state, scopes, reserved.unit).map((budget) => ({
    ...budget,
    reserved: budget.reserved - reserved.amount,
  }));
}

/** A reservation that exists and belongs to the tenant. */
export function own(
  state: LedgerState,
  { tenant, reservationId }: { tenant: string; reservationId: string },
): Reservation {
  const reservation = state.reservations.get(reservationId);
  if (!reservation) throw new Refusal(404, "NOT_FOUND", `Reservation not found: ${reservationId}`);
  if (reservation.tenant !== tenant)
    throw new Refusal(403, "FORBIDDEN", "The reservation belongs to another tenant");
  return reservation;
}

function mustBeActive({ id, status }: Reservation): void {
  if (status === "EXPIRED")
    throw new Refusal(410, "RESERVATION_EXPIRED", `Reservation ${id} has expired`);
  if (status !== "ACTIVE")
    throw new Refusal(
      409,
      "RESERVATION_FINALIZED",
      `Reservation ${id} is ${status.toLowerCase()} already`,
    );
}

function mustNotBeExpired({ id, expiresAt }: Reservation, now: number, graceMs: number): void {
  if (now > expiresAt + graceMs)
    throw new Refusal(410, "RESERVATION_EXPIRED", `Reservation ${id} has expired`);
}
