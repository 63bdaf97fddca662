import type { OperationId } from "../generated/operations.js";
import { isAmount, type Unit } from "./amount.js";
import type { UnitHint } from "./errors.js";
import { member } from "./member.js";

/** An error about the unit of a request. */
export interface Hinted {
  readonly kind: "not_found" | "unit_mismatch";
  readonly message: string;
  readonly hint: UnitHint;
  /** Whether the error shows the hint. A commit has the unit of its reservation, not of a budget. */
  readonly isHinted: boolean;
}

const HINTED: readonly OperationId[] = ["createReservation", "decide", "createEvent"];
const NO_BUDGET = "Budget not found for provided scope";

/**
 * Explains an error that is about the unit of the request. For create, decide and events it is a
 * hint: budgets are kept per (scope, unit), and if the scope has a budget only in another unit, the
 * server may report only that the budget was not found.
 *
 * @returns `undefined` for other errors
 */
export function unitHint(
  operation: OperationId,
  request: unknown,
  response: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>> | undefined;
  },
): Hinted | undefined {
  const isHinted = HINTED.includes(operation);
  const requestedUnit = unitOf(request);
  const unit = requestedUnit ?? "unknown";
  if (
    isHinted &&
    response.status === 404 &&
    response.code === "NOT_FOUND" &&
    response.message.startsWith(NO_BUDGET)
  ) {
    const scope = response.message.slice(NO_BUDGET.length).replace(/^:\s*/, "");
    return {
      kind: "not_found",
      message:
        `${response.message} [unit=${unit}]. Budgets are kept per (scope, unit): either the scope has no budget, ` +
        `or its budget is kept in another unit than ${unit}. Check the unit of the estimate and the tenant's budgets`,
      hint: { requestedUnit, ...(scope !== "" && { scope }) },
      isHinted,
    };
  }
  if (response.status === 400 && response.code === "UNIT_MISMATCH") {
    const { scope, expected_units: expected } = response.details ?? {};
    const hint: UnitHint = {
      requestedUnit,
      ...(Array.isArray(expected) && {
        expectedUnits: expected.filter((one) => typeof one === "string"),
      }),
      ...(typeof scope === "string" && { scope }),
    };
    const kept = hint.expectedUnits?.join(", ") ?? "";
    return {
      kind: "unit_mismatch",
      message: isHinted
        ? `${response.message} [unit=${unit}]. ${hint.scope ?? "The scope"} has no budget in ${unit}${kept && `; its budget is kept in ${kept}`}`
        : `${response.message}. Use ${kept === "" ? "the unit of the reservation" : kept}`,
      hint,
      isHinted,
    };
  }
  return undefined;
}

function unitOf(request: unknown): Unit | undefined {
  const amount = member(request, "estimate") ?? member(request, "actual");
  return isAmount(amount) ? amount.unit : undefined;
}
