import { subjectLevels } from "../../../generated/constants.js";
import { isRefusal, refuse, type Refusal } from "../refusal.js";
import { toBalance, type LedgerState, type Reservation, type Wire } from "./state.js";
import { findReservation } from "./checks.js";
import type { BalancesQuery, CommandOf, ListQuery } from "./command.js";
import { page } from "./page.js";
import { replayKey } from "./replay.js";
import { toDetail, toSummary } from "./reservation-view.js";
import { withinWindows } from "./windows.js";

/** One reservation in full. One that has lapsed is gone here, though lists still show it. */
export function getReservation(
  state: LedgerState,
  { reservation, tenant }: CommandOf<"getReservation">,
): Wire["ReservationDetail"] | Refusal {
  const found = findReservation(state, reservation, tenant);
  if (isRefusal(found)) return found;
  if (found.status === "EXPIRED") {
    return refuse("RESERVATION_EXPIRED", `Reservation ${found.id} has expired`);
  }
  return toDetail(found);
}

/** The reservations of one tenant, filtered, sorted and cut into pages. */
export function listReservations(
  state: LedgerState,
  { tenant, query }: CommandOf<"listReservations">,
): Wire["ReservationListResponse"] | Refusal {
  const owner = tenant ?? query.tenant;
  if (owner === undefined) {
    return refuse(
      "INVALID_REQUEST",
      "tenant query parameter is required when using admin key authentication",
    );
  }
  const isWithin = checkTenant(owner, query) ?? withinWindows(query);
  if (typeof isWithin !== "function") return isWithin;
  const found = candidates(state, owner, query).filter(
    (reservation) => matches(reservation, query) && isWithin(reservation),
  );
  const {
    limit,
    cursor,
    include,
    sort_by = "created_at_ms",
    sort_dir = "desc",
    ...filters
  } = query;
  const taken = page(found, {
    binding: { ...filters, owner, sort_by, sort_dir },
    place: (reservation) => ({ value: sortValue(reservation, sort_by), id: reservation.id }),
    direction: sort_dir,
    limit,
    cursor,
  });
  if (isRefusal(taken)) return taken;
  const included = new Set(include?.map((name) => name.trim()));
  return { reservations: taken.rows.map((row) => toSummary(row, included)), ...taken.next };
}

/** The balances of a tenant's scopes that carry every level asked for, and end there unless children are wanted. */
export function getBalances(
  { budgets }: LedgerState,
  { tenant, query }: CommandOf<"getBalances">,
): Wire["BalanceResponse"] | Refusal {
  if (subjectLevels.every((level) => query[level] === undefined)) {
    return refuse("INVALID_REQUEST", `needs at least one of ${subjectLevels.join(", ")}`);
  }
  const foreign = checkTenant(tenant, query);
  if (foreign) return foreign;
  const filter = { ...query, tenant };
  const taken = page(
    [...budgets.values()].filter(({ scope }) => isAsked(scope, filter)),
    {
      binding: subjectLevels
        .map((level) => filter[level] ?? "")
        .concat(String(query.include_children ?? false)),
      place: ({ scope, key }) => ({ value: scope, id: key }),
      direction: "asc",
      limit: query.limit,
      cursor: query.cursor,
    },
  );
  if (isRefusal(taken)) return taken;
  return { balances: taken.rows.map(toBalance), ...taken.next };
}

function checkTenant(tenant: string, filter: { readonly tenant?: string }): Refusal | undefined {
  if (filter.tenant === undefined || filter.tenant === tenant) return undefined;
  return refuse(
    "FORBIDDEN",
    `tenant is "${filter.tenant}", but the API key belongs to "${tenant}"`,
  );
}

/** A key leads straight to its reservation; without one, all of the tenant's are looked at. */
function candidates(
  state: LedgerState,
  owner: string,
  { idempotency_key }: ListQuery,
): readonly Reservation[] {
  if (idempotency_key === undefined) {
    return [...state.reservations.values()].filter((reservation) => reservation.owner === owner);
  }
  const key = replayKey({
    tenant: owner,
    endpoint: "createReservation",
    body: { idempotency_key },
  });
  const id = state.replays.get(key)?.reservation;
  const found = id === undefined ? undefined : state.reservations.get(id);
  return found ? [found] : [];
}

/** Subjects are compared as they are in scopes: in lower case. The tenant filter was checked against the owner. */
function matches({ status, request }: Reservation, query: ListQuery): boolean {
  if (query.status !== undefined && query.status !== status) return false;
  return subjectLevels.every((level) => {
    const wanted = level === "tenant" ? undefined : query[level];
    return wanted === undefined || request.subject[level]?.toLowerCase() === wanted.toLowerCase();
  });
}

function sortValue(
  reservation: Reservation,
  sortBy: NonNullable<ListQuery["sort_by"]>,
): string | number {
  switch (sortBy) {
    case "reservation_id":
      return reservation.id;
    case "tenant":
      return reservation.request.subject.tenant ?? "";
    case "scope_path":
      return reservation.scopes.at(-1) ?? "";
    case "status":
      return reservation.status;
    case "reserved":
      return reservation.request.estimate.amount;
    case "created_at_ms":
      return reservation.createdAt;
    case "expires_at_ms":
      return reservation.expiresAt;
  }
}

function isAsked(scope: string, filter: BalancesQuery): boolean {
  const parts = scope.split("/");
  const wanted = subjectLevels.flatMap((level) => {
    const value = filter[level];
    return value === undefined ? [] : [`${level}:${value.toLowerCase()}`];
  });
  if (!wanted.every((part) => parts.includes(part))) return false;
  return filter.include_children === true || parts.at(-1) === wanted.at(-1);
}
