import type { OperationId } from "../generated/operations.js";
import { isAmount, type Unit } from "./amount.js";
import type { UnitHint } from "./errors.js";

/** An error about a budget that does not exist in the unit of the request. */
export interface Hinted {
  readonly kind: "not_found" | "unit_mismatch";
  readonly message: string;
  readonly hint: UnitHint;
}

const HINTED: readonly OperationId[] = ["createReservation", "decide", "createEvent"];
const NO_BUDGET = "Budget not found for provided scope";

/**
 * Explains an error of create, decide or events that is about the unit of the request. Budgets are
 * kept per (scope, unit). If the scope has a budget only in another unit, the server may report
 * only that the budget was not found.
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
  if (!HINTED.includes(operation)) return undefined;
  const requestedUnit = unitOf(request);
  const unit = requestedUnit ?? "unknown";
  if (
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
    };
  }
  if (response.status === 400 && response.code === "UNIT_MISMATCH") {
    const { scope, expected_units: expected } = response.details ?? {};
    const expectedUnits = Array.isArray(expected)
      ? expected.filter((one) => typeof one === "string")
      : undefined;
    const kept = expectedUnits?.length ? `; its budget is kept in ${expectedUnits.join(", ")}` : "";
    return {
      kind: "unit_mismatch",
      message: `${response.message} [unit=${unit}]. ${typeof scope === "string" ? scope : "The scope"} has no budget in ${unit}${kept}`,
      hint: {
        requestedUnit,
        ...(expectedUnits && { expectedUnits }),
        ...(typeof scope === "string" && { scope }),
      },
    };
  }
  return undefined;
}

function unitOf(request: unknown): Unit | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  const amount = "estimate" in request ? request.estimate : "actual" in request && request.actual;
  return isAmount(amount) ? amount.unit : undefined;
}
