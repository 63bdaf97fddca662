import { subjectLevels } from "../../../generated/constants.js";
import { findReservation } from "./checks.js";
import type { BalancesQuery, CommandOf, ListQuery } from "./command.js";
import type { CursorPosition } from "./cursor.js";
import { page, type Rows } from "./page.js";
import { isRefusal, refuse, type Refusal } from "./refusal.js";
import { canonicalJson, replayKey } from "./replay.js";
import { rulesOf } from "./rules.js";
import type { LedgerSettings, LedgerState, Reservation, Wire } from "./state.js";
import type { PageEnd, ReservationRow } from "./views.js";
import { withinWindows } from "./windows.js";

/** Returns a reservation in full. Refuses an expired one, although lists still show it. */
export function getReservation(
  state: LedgerState,
  { reservation, tenant }: CommandOf<"getReservation">,
  settings: LedgerSettings,
): ReservationRow | Refusal {
  const found = findReservation(state, reservation, tenant);
  if (isRefusal(found)) return found;
  if (found.status === "EXPIRED") {
    return refuse("RESERVATION_EXPIRED", `Reservation ${found.id} has expired`);
  }
  return rulesOf(settings).views.detail(found);
}

/** Returns a page of one tenant's reservations, filtered and sorted. */
export function listReservations(
  state: LedgerState,
  { tenant, query }: CommandOf<"listReservations">,
  settings: LedgerSettings,
): ({ readonly reservations: readonly ReservationRow[] } & PageEnd) | Refusal {
  const owner = tenant ?? query.tenant;
  if (owner === undefined) {
    return refuse(
      "INVALID_REQUEST",
      "tenant query parameter is required when using admin key authentication",
    );
  }
  const isWithin = checkTenantFilter(owner, query) ?? withinWindows(query);
  if (typeof isWithin !== "function") return isWithin;
  const {
    tenant: _, // always the owner, even if the query leaves it out
    limit,
    cursor,
    include,
    sort_by = "created_at_ms",
    sort_dir = "desc",
    ...filters
  } = query;
  const isFound = (reservation: Reservation) =>
    matches(reservation, query) && isWithin(reservation);
  const taken = page(candidates(state, owner, { ...query, sort_by, sort_dir }, isFound), {
    binding: canonicalJson({ ...filters, owner, sort_by, sort_dir }),
    position: (reservation) => ({ value: sortValue(reservation, sort_by), id: reservation.id }),
    direction: sort_dir,
    limit,
    cursor,
  });
  if (isRefusal(taken)) return taken;
  const included = new Set(include?.map((name) => name.trim()));
  const { views } = rulesOf(settings);
  return {
    reservations: taken.rows.map((row) => views.summary(row, included)),
    ...views.pageEnd(taken.next),
  };
}

/**
 * Returns a page of the balances of a tenant's scopes. A scope must have every level of the filter.
 * It must also end with the last of these levels, unless `include_children` is set.
 */
export function getBalances(
  { budgets, budgetsByRoot }: LedgerState,
  { tenant, query }: CommandOf<"getBalances">,
  settings: LedgerSettings,
): ({ readonly balances: readonly Wire["Balance"][] } & PageEnd) | Refusal {
  if (subjectLevels.every((level) => query[level] === undefined)) {
    return refuse("INVALID_REQUEST", `needs at least one of ${subjectLevels.join(", ")}`);
  }
  const foreign = checkTenantFilter(tenant, query);
  if (foreign) return foreign;
  const filter = { ...query, tenant };
  const keys = budgetsByRoot.get(`tenant:${tenant.toLowerCase()}`) ?? [];
  const selected = keys
    .flatMap((key) => budgets.get(key) ?? [])
    .filter(({ scope }) => isSelected(scope, filter));
  const taken = page(
    { rows: () => selected, areSorted: false },
    {
      binding: canonicalJson(
        subjectLevels
          .map((level) => filter[level] ?? "")
          .concat(String(query.include_children ?? false)),
      ),
      position: ({ scope, key }) => ({ value: scope, id: key }),
      direction: "asc",
      limit: query.limit,
      cursor: query.cursor,
    },
  );
  if (isRefusal(taken)) return taken;
  const { views } = rulesOf(settings);
  return { balances: taken.rows.map(views.balance), ...views.pageEnd(taken.next) };
}

function checkTenantFilter(
  tenant: string,
  filter: { readonly tenant?: string },
): Refusal | undefined {
  if (filter.tenant === undefined || filter.tenant === tenant) return undefined;
  return refuse(
    "FORBIDDEN",
    `tenant is "${filter.tenant}", but the API key belongs to "${tenant}"`,
  );
}

/**
 * The reservations that a query finds. A query by idempotency key needs no search, and a sort by
 * creation time is already done.
 */
function candidates(
  state: LedgerState,
  owner: string,
  { idempotency_key, sort_by, sort_dir = "desc" }: ListQuery,
  isFound: (reservation: Reservation) => boolean,
): Rows<Reservation> {
  const areSorted = sort_by === "created_at_ms";
  const ids = (after: CursorPosition | undefined) =>
    idempotency_key === undefined
      ? (state.created.get(owner)?.ids(sort_dir, areSorted ? after : undefined) ?? [])
      : reservedWith(state, owner, idempotency_key);
  return {
    areSorted,
    rows: function* (after) {
      for (const id of ids(after)) {
        const reservation = state.reservations.get(id);
        if (reservation && isFound(reservation)) yield reservation;
      }
    },
  };
}

function reservedWith(state: LedgerState, tenant: string, idempotency_key: string): string[] {
  const key = replayKey({ tenant, endpoint: "createReservation", body: { idempotency_key } });
  const id = state.replays.get(key)?.reservation;
  return id === undefined ? [] : [id];
}

/**
 * Subjects are compared in lower case, as in scopes. The tenant is not compared again, because
 * `checkTenantFilter` has compared it with the owner.
 */
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
      // A subject without a tenant comes last, as on the reference server. No tenant name has a "~".
      return reservation.request.subject.tenant ?? "~";
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

function isSelected(scope: string, filter: BalancesQuery): boolean {
  const parts = scope.split("/");
  const wanted = subjectLevels.flatMap((level) => {
    const value = filter[level];
    return value === undefined ? [] : [`${level}:${value.toLowerCase()}`];
  });
  if (!wanted.every((part) => parts.includes(part))) return false;
  return filter.include_children === true || parts.at(-1) === wanted.at(-1);
}
