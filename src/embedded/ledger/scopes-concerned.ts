import { scopesOf } from "../../protocol/scope.js";
import type { Command } from "./command.js";
import type { LedgerState } from "./state.js";

/**
 * The scopes that a command is about, from the tenant down: those of its subject or filter, or of
 * its reservation. Empty if they are not known.
 */
export function scopesConcerned(
  { reservations }: LedgerState,
  command: Command,
): readonly string[] {
  switch (command.operation) {
    case "decide":
    case "createReservation":
    case "createEvent":
      return scopesOf(command.body.subject);
    case "commitReservation":
    case "releaseReservation":
    case "extendReservation":
    case "getReservation":
      return reservations.get(command.reservation)?.scopes ?? [];
    case "listReservations":
    case "getBalances":
      return scopesOf(command.query);
    case "fund":
    case "setStatus":
    case "closeTenant":
      return []; // commands of the operator, which no request makes
    default:
      return command satisfies never;
  }
}
