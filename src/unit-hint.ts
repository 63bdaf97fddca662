import type { OperationId } from "../generated/operations.js";
import type { Unit } from "./amount.js";
import type { UnitHint } from "./errors.js";

/** A wrong unit, told apart from a missing budget as well as the server's answer allows. */
export interface Hinted {
  readonly kind: "not_found" | "unit_mismatch";
  readonly message: string;
  readonly hint: UnitHint;
}

const HINTED: readonly OperationId[] = ["createReservation", "decide", "createEvent"];
const NO_BUDGET = "Budget not found for provided scope";

/**
 * What an error of create, decide or events says about the unit. Budgets are kept per (scope, unit); a server
 * that finds none in the unit of the request may say only that the scope has no budget, which costs people hours.
 * Everything else answers `undefined`.
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
        `${response.message} [unit=${unit}]. Budgets are kept per (scope, unit): either no budget exists for the scope, ` +
        `or it is kept in another unit than ${unit}. Check the unit of the estimate and the tenant's budgets`,
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
  const { estimate, actual } = (request ?? {}) as {
    estimate?: { unit?: Unit };
    actual?: { unit?: Unit };
  };
  return (estimate ?? actual)?.unit;
}
