import type { operations } from "../../../generated/paths.js";
import type { Amount, Unit } from "../../amount.js";
import type { BudgetStatus } from "./budget.js";
import type { Wire } from "./state.js";

export type ListQuery = NonNullable<operations["listReservations"]["parameters"]["query"]>;
export type BalancesQuery = NonNullable<operations["getBalances"]["parameters"]["query"]>;

/**
 * A command to the ledger: an operation of the protocol, or one of the operator. It contains the
 * new ids, so that its execution is pure.
 */
export type Command =
  | BySubject<"decide", Wire["DecisionRequest"]>
  | (BySubject<"createReservation", Wire["ReservationCreateRequest"]> & { readonly id: string })
  | (BySubject<"createEvent", Wire["EventCreateRequest"]> & { readonly id: string })
  | OnReservation<"commitReservation", Wire["CommitRequest"]>
  | OnReservation<"releaseReservation", Wire["ReleaseRequest"]>
  | OnReservation<"extendReservation", Wire["ReservationExtendRequest"]>
  | {
      readonly operation: "getReservation";
      readonly tenant: string | undefined;
      readonly reservation: string;
    }
  | {
      readonly operation: "listReservations";
      readonly tenant: string | undefined;
      readonly query: ListQuery;
    }
  | { readonly operation: "getBalances"; readonly tenant: string; readonly query: BalancesQuery }
  | { readonly operation: "fund"; readonly scope: string; readonly amount: Amount }
  | {
      readonly operation: "setStatus";
      readonly scope: string;
      readonly unit: Unit | undefined;
      readonly status: BudgetStatus;
    }
  | { readonly operation: "closeTenant"; readonly tenant: string };

export type CommandOf<Operation extends Command["operation"]> = Extract<
  Command,
  { operation: Operation }
>;

interface BySubject<Operation, Body> {
  readonly operation: Operation;
  readonly tenant: string;
  readonly body: Body;
}

interface OnReservation<Operation, Body> {
  readonly operation: Operation;
  /** The caller's tenant; `undefined` for an admin. */
  readonly tenant: string | undefined;
  readonly reservation: string;
  readonly body: Body;
}
