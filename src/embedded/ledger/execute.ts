import { checkNotFinalized, checkSubject, checkTenantOpen, findReservation } from "./checks.js";
import type { Command, CommandOf } from "./command.js";
import { commit } from "./commit.js";
import { recordEvent } from "./events.js";
import { extend } from "./extend.js";
import { fund, setStatus } from "./operate.js";
import { getBalances, getReservation, listReservations } from "./queries.js";
import { release } from "./release.js";
import { isRefusal, type Refusal } from "./refusal.js";
import { once } from "./replay.js";
import { preflight, reserve } from "./reserve.js";
import { rulesOf } from "./rules.js";
import type { Execution, LedgerState, LedgerSettings, Reservation, StoredResult } from "./state.js";

/**
 * The result of a command at a given time, in milliseconds since the Unix epoch. Pure: the ledger
 * applies the changes afterwards.
 */
export function execute(
  state: LedgerState,
  command: Command,
  now: number,
  settings: LedgerSettings,
): Execution<object> {
  switch (command.operation) {
    case "decide":
      return bySubject(state, command, now, settings, () => preflight(state, command, settings));
    case "createReservation":
      return bySubject(state, command, now, settings, () => reserve(state, command, now, settings));
    case "createEvent":
      return bySubject(state, command, now, settings, () => recordEvent(state, command, settings));
    case "commitReservation":
      return onReservation(state, command, now, settings, (found) =>
        commit(state, found, command.body, now, settings),
      );
    case "releaseReservation":
      return onReservation(state, command, now, settings, (found) =>
        release(state, found, now, settings),
      );
    case "extendReservation":
      return onReservation(state, command, now, settings, (found) =>
        extend(state, found, command.body, now, settings),
      );
    case "getReservation":
      return unchanged(getReservation(state, command, settings));
    case "listReservations":
      return unchanged(listReservations(state, command, settings));
    case "getBalances":
      return unchanged(getBalances(state, command, settings));
    case "fund":
      return fund(state, command);
    case "setStatus":
      return setStatus(state, command);
    case "closeTenant":
      return { result: {}, changes: { closedTenant: command.tenant.toLowerCase() } };
    default:
      return command satisfies never;
  }
}

function unchanged<Result extends object>(result: Result | Refusal): Execution<Result> {
  return { result, changes: {} };
}

function bySubject(
  state: LedgerState,
  command: CommandOf<"decide" | "createReservation" | "createEvent">,
  now: number,
  settings: LedgerSettings,
  act: () => Execution<StoredResult>,
): Execution<StoredResult> {
  const { operation, tenant, body } = command;
  const rules = rulesOf(settings);
  const refusal = rules.checkNames(body) ?? checkSubject(tenant, body.subject);
  if (refusal) return { result: refusal, changes: {} };
  return once(state, { tenant, endpoint: operation, body }, rules.textOf, now, act);
}

/**
 * The checks of every operation on a reservation, in the reference server's order: existence,
 * owner, replay, tenant, state. The operation's own checks come after them.
 */
function onReservation(
  state: LedgerState,
  command: CommandOf<"commitReservation" | "releaseReservation" | "extendReservation">,
  now: number,
  settings: LedgerSettings,
  act: (reservation: Reservation) => Execution<StoredResult>,
): Execution<StoredResult> {
  const { operation, body } = command;
  const found = findReservation(state, command.reservation, command.tenant);
  if (isRefusal(found)) return { result: found, changes: {} };
  const { owner: tenant, id: reservation } = found;
  const { textOf } = rulesOf(settings);
  return once(state, { tenant, endpoint: operation, reservation, body }, textOf, now, () => {
    const refusal = checkTenantOpen(state, tenant) ?? checkNotFinalized(found);
    return refusal ? { result: refusal, changes: {} } : act(found);
  });
}
