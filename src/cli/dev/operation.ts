import { units } from "../../../generated/constants.js";
import type { OperationId } from "../../../generated/operations.js";
import type { Amount } from "../../amount.js";
import type { Exchange } from "../../embedded/index.js";
import type { Colour } from "../layout.js";
import { exact } from "./amount-text.js";

/** A short description of an exchange. */
export interface Summary {
  /** At most eight letters. */
  readonly verb: string;
  /** The innermost scope, or the path if the request matches no operation. */
  readonly scope: string;
  /** The amount that was requested, charged or released; empty if there is none. */
  readonly amounts: string;
  /** An error code, a decision or a status. */
  readonly outcome: string;
  readonly colour: Colour;
}

const VERBS: Readonly<Record<OperationId, string>> = {
  decide: "decide",
  createReservation: "reserve",
  listReservations: "list",
  getReservation: "get",
  commitReservation: "commit",
  releaseReservation: "release",
  extendReservation: "extend",
  getBalances: "balances",
  createEvent: "event",
  getEvidence: "evidence",
  getEvidenceJwks: "jwks",
};

/** If `$1.00 of $2.00` is longer than this, only the first amount is shown. */
const PAIR_COLUMNS = 20;

export function summarise(exchange: Exchange): Summary {
  const { method, operation, request, scopes, target, tenant } = exchange;
  const [path = ""] = target.split("?");
  const whose = tenant === undefined ? path : `tenant:${tenant}`;
  return {
    verb: operation === undefined ? method : verb(operation, request),
    scope: operation === undefined ? path : (scopes.at(-1) ?? whose),
    amounts: amounts(exchange),
    ...outcome(exchange),
  };
}

/** The unit of an exchange; `undefined` if it has none. */
export function unitOf({ request, response }: Exchange): Amount["unit"] | undefined {
  const amount =
    amountIn(request, "estimate") ??
    amountIn(request, "actual") ??
    amountIn(response, "charged") ??
    amountIn(response, "released") ??
    amountIn(response, "reserved");
  return amount?.unit;
}

function verb(operation: OperationId, request: unknown): string {
  return field(request, "dry_run") === true ? "dry run" : VERBS[operation];
}

function amounts({ request, response }: Exchange): string {
  const charged = amountIn(response, "charged");
  const released = amountIn(response, "released");
  const actual = amountIn(request, "actual");
  if (charged !== undefined) {
    const reserved = released && { ...charged, amount: charged.amount + released.amount };
    return pair(charged, isCutShort(request, response) ? actual : reserved);
  }
  const one = actual ?? amountIn(request, "estimate") ?? released ?? amountIn(response, "reserved");
  if (one !== undefined) return exact(one);
  const extendedBy = field(request, "extend_by_ms");
  return Number.isSafeInteger(extendedBy) ? `+${Number(extendedBy) / 1_000} s` : "";
}

function pair(part: Amount, whole: Amount | undefined): string {
  const both = whole === undefined ? exact(part) : `${exact(part)} of ${exact(whole)}`;
  return both.length <= PAIR_COLUMNS ? both : exact(part);
}

function outcome({ status, request, response }: Exchange): Pick<Summary, "outcome" | "colour"> {
  if (status >= 400) return { outcome: word(response, "error") || String(status), colour: "red" };
  const decision = word(response, "decision");
  if (decision === "DENY") {
    return { outcome: `DENY ${word(response, "reason_code")}`, colour: "red" };
  }
  if (decision !== "") {
    return { outcome: decision, colour: decision === "ALLOW" ? "green" : "yellow" };
  }
  if (isCutShort(request, response)) return { outcome: "CUT SHORT", colour: "yellow" };
  const rows = field(response, "reservations") ?? field(response, "balances");
  const found = Array.isArray(rows) ? `${rows.length} found` : "OK";
  return { outcome: word(response, "status") || found, colour: "green" };
}

/** Whether the budget paid only a part of the spend. */
function isCutShort(request: unknown, response: unknown): boolean {
  const [actual, charged] = [amountIn(request, "actual"), amountIn(response, "charged")];
  return actual !== undefined && charged !== undefined && charged.amount < actual.amount;
}

function word(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
}

function amountIn(value: unknown, name: string): Amount | undefined {
  const given = field(value, name);
  const amount = field(given, "amount");
  const unit = units.find((known) => known === field(given, "unit"));
  if (unit === undefined || !Number.isSafeInteger(amount)) return undefined;
  return { unit, amount: Number(amount) };
}

/** A field of a value that may be anything, because a request may be malformed. */
function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
