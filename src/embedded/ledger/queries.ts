import { defaults, subjectLevels } from "../../../generated/constants.js";
import type { components, operations } from "../../../generated/paths.js";
import { cut, type Page } from "../cursor.js";
import { Refusal } from "./refusal.js";
import { own } from "./settle.js";
import { type Budget, type LedgerState, type Reservation, toBalance } from "./state.js";

type Schemas = components["schemas"];
type ListQuery = NonNullable<operations["listReservations"]["parameters"]["query"]>;
type BalanceQuery = NonNullable<operations["getBalances"]["parameters"]["query"]>;

/** One reservation, unless it has expired. (Protocol: getReservation.) */
export function getReservation(
  state: LedgerState,
  query: { tenant: string; reservationId: string },
): Schemas["ReservationDetail"] {
  const reservation = own(state, query);
  if (reservation.status === "EXPIRED")
    throw new Refusal(410, "RESERVATION_EXPIRED", `Reservation ${reservation.id} has expired`);
  return toDetail(reservation);
}

/** A tenant's reservations, filtered, sorted, a page of them. (Protocol: listReservations.) */
export function listReservations(
  state: LedgerState,
  tenant: string,
  query: ListQuery,
): Schemas["ReservationListResponse"] {
  const {
    limit = defaults.Limit,
    cursor,
    include = [],
    sort_by = "created_at_ms",
    sort_dir = "desc",
    ...filter
  } = query;
  const windows = windowsOf(query);
  const matching = [...state.reservations.values()].filter(
    (reservation) =>
      reservation.tenant === tenant &&
      matches(reservation, query) &&
      windows.every((fits) => fits(reservation)),
  );
  const key = (reservation: Reservation) => sortKey(reservation, sort_by);
  const direction = sort_dir === "asc" ? 1 : -1;
  matching.sort((a, b) => direction * (compare(key(a), key(b)) || compare(a.id, b.id)));
  const { items, ...page } = cut(matching, ({ id }) => id, {
    limit,
    cursor,
    binding: { sort_by, sort_dir, ...filter },
  });
  return { reservations: items.map((reservation) => toSummary(reservation, include)), ...page };
}

/** The balances at a subject's scopes within a tenant. (Protocol: getBalances.) */
export function getBalances(
  state: LedgerState,
  tenant: string,
  query: BalanceQuery,
): Page & { balances: Schemas["Balance"][] } {
  const { limit = defaults.Limit, cursor, include_children = false, ...levels } = query;
  const wanted = { ...levels, tenant };
  const matching = [...state.budgets.values()]
    .filter(({ scope }) => covers(scope, wanted, include_children))
    .sort((a, b) => compare(a.scope, b.scope) || compare(a.unit, b.unit));
  const id = ({ scope, unit }: Budget) => `${scope} ${unit}`;
  const { items, ...page } = cut(matching, id, {
    limit,
    cursor,
    binding: { ...wanted, include_children },
  });
  return { balances: items.map(toBalance), ...page };
}

/** Whether a budget's scope is at the levels that a filter names, or below them where children are wanted. */
function covers(
  scope: string,
  filter: Partial<Record<(typeof subjectLevels)[number], string>>,
  children: boolean,
): boolean {
  const own = new Map(scope.split("/").map((part) => part.split(":") as [string, string]));
  return subjectLevels.every((level) => {
    const value = filter[level]?.toLowerCase();
    return value === undefined ? children || !own.has(level) : own.get(level) === value;
  });
}

function matches({ request, status }: Reservation, query: ListQuery): boolean {
  if (query.status !== undefined && query.status !== status) return false;
  if (query.idempotency_key !== undefined && query.idempotency_key !== request.idempotency_key)
    return false;
  return subjectLevels.every((level) => {
    const wanted = query[level];
    // The tenant has been checked against the key already.
    return (
      level === "tenant" ||
      wanted === undefined ||
      request.subject[level]?.toLowerCase() === wanted.toLowerCase()
    );
  });
}

function windowsOf(query: ListQuery): ((reservation: Reservation) => boolean)[] {
  const window = (
    name: string,
    from: string | undefined,
    to: string | undefined,
    at: (reservation: Reservation) => number | undefined,
  ) => {
    const least = from === undefined ? -Infinity : Date.parse(from);
    const most = to === undefined ? Infinity : Date.parse(to);
    if (least > most)
      throw new Refusal(400, "INVALID_REQUEST", `${name}: the window begins after its end`);
    if (from === undefined && to === undefined) return [];
    return [
      (reservation: Reservation) => {
        const time = at(reservation);
        return time !== undefined && time >= least && time <= most;
      },
    ];
  };
  return [
    ...window("from", query.from, query.to, ({ createdAt }) => createdAt),
    ...window("expires_from", query.expires_from, query.expires_to, ({ expiresAt }) => expiresAt),
    ...window(
      "finalized_from",
      query.finalized_from,
      query.finalized_to,
      ({ finalizedAt }) => finalizedAt,
    ),
  ];
}

function sortKey(reservation: Reservation, by: NonNullable<ListQuery["sort_by"]>): string | number {
  switch (by) {
    case "reservation_id":
      return reservation.id;
    case "tenant":
      return reservation.tenant;
    case "scope_path":
      return reservation.scopes.at(-1) ?? "";
    case "status":
      return reservation.status;
    case "reserved":
      return reservation.reserved.amount;
    case "created_at_ms":
      return reservation.createdAt;
    case "expires_at_ms":
      return reservation.expiresAt;
    default:
      return by satisfies never;
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toDetail(reservation: Reservation): Schemas["ReservationDetail"] {
  const {
    id,
    status,
    request,
    reserved,
    createdAt,
    expiresAt,
    finalizedAt,
    scopes,
    committed,
    committedMetadata,
  } = reservation;
  return {
    reservation_id: id,
    status,
    idempotency_key: request.idempotency_key,
    subject: request.subject,
    action: request.action,
    reserved,
    ...(committed && { committed }),
    created_at_ms: createdAt,
    expires_at_ms: expiresAt,
    ...(finalizedAt !== undefined && { finalized_at_ms: finalizedAt }),
    scope_path: scopes.at(-1) ?? "",
    affected_scopes: [...scopes],
    ...(request.metadata && { metadata: request.metadata }),
    ...(committedMetadata && { committed_metadata: { ...committedMetadata } }),
  };
}

/** A row of the list: the maps that may be large come only when they are asked for. */
function toSummary(
  reservation: Reservation,
  include: readonly string[],
): Schemas["ReservationSummary"] {
  const { metadata, committed_metadata, ...summary } = toDetail(reservation);
  const wanted = new Set(include.map((token) => token.trim()));
  return {
    ...summary,
    ...(metadata && wanted.has("metadata") && { metadata }),
    ...(committed_metadata && wanted.has("committed_metadata") && { committed_metadata }),
  };
}
