import type { Caller } from "../credentials.js";
import type { BalancesQuery, Command, ListQuery } from "../ledger/command.js";
import { refuse, type Refusal } from "../ledger/refusal.js";
import type { Wire } from "../ledger/state.js";
import type { AnyOperation } from "./routes.js";

/** A request whose parameters and body the validators of its operation have accepted. */
export interface ValidRequest {
  readonly operation: AnyOperation;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Converts a valid request to a command of the ledger. The casts name the types that the validators
 * have checked.
 */
export function toCommand({
  operation: { id: operation },
  caller,
  path: { reservation_id: reservation = "" },
  query,
  body,
}: ValidRequest): Command | Refusal {
  // For the operations that an admin may call, no tenant means any tenant.
  const anyTenant = caller.kind === "tenant" ? caller.tenant : undefined;
  const tenant = anyTenant ?? "";
  switch (operation) {
    case "decide":
      return { operation, tenant, body: body as Wire["DecisionRequest"] };
    case "createReservation":
      return {
        operation,
        tenant,
        id: crypto.randomUUID(),
        body: body as Wire["ReservationCreateRequest"],
      };
    case "createEvent":
      return {
        operation,
        tenant,
        id: crypto.randomUUID(),
        body: body as Wire["EventCreateRequest"],
      };
    case "commitReservation":
      return { operation, tenant, reservation, body: body as Wire["CommitRequest"] };
    case "extendReservation":
      return { operation, tenant, reservation, body: body as Wire["ReservationExtendRequest"] };
    case "releaseReservation":
      return { operation, tenant: anyTenant, reservation, body: body as Wire["ReleaseRequest"] };
    case "getReservation":
      return { operation, tenant: anyTenant, reservation };
    case "listReservations":
      return { operation, tenant: anyTenant, query: query as ListQuery };
    case "getBalances":
      return { operation, tenant, query: query as BalancesQuery };
    case "getEvidence":
    case "getEvidenceJwks":
      return refuse("NOT_FOUND", "This authority does not sign evidence");
    default:
      return operation satisfies never;
  }
}
