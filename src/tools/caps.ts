import {
  type Budget,
  BudgetDeniedError,
  currentBudget,
  currentGuard,
  type PolicyOptions,
} from "../index.js";
import { TOOL_NOT_ALLOWED } from "./refusal.js";

/** What has caps: a guard, a draw or an allowance. */
interface Capped {
  readonly id: string;
  allowsTool(tool: string): boolean;
}

/**
 * The denial of a tool by the caps of what surrounds the call: the guard whose work is running, the
 * allowance that it runs inside, and the allowance that is the budget of the tool.
 */
export function refusedAround(
  budget: Budget,
  tool: string,
  { mode }: PolicyOptions,
): BudgetDeniedError | undefined {
  if (mode === "observe") return undefined;
  const around: readonly (object | undefined)[] = [currentGuard(), currentBudget(), budget];
  const by = around.filter(isCapped).find((capped) => !capped.allowsTool(tool));
  return by === undefined ? undefined : notAllowed(by, tool);
}

/** The denial of a tool by the caps of a reservation. */
export function notAllowed({ id }: Capped, tool: string): BudgetDeniedError {
  return new BudgetDeniedError(
    `The tool "${tool}" did not run: the caps of the reservation ${id} do not allow it. ` +
      `Use another tool, or change the tool lists of the budget. (${TOOL_NOT_ALLOWED})`,
    {
      operation: "createReservation",
      status: 409,
      code: TOOL_NOT_ALLOWED,
      details: { reservation_id: id, tool },
      scopes: [],
      body: undefined,
    },
  );
}

function isCapped(value: object | undefined): value is Capped {
  return value !== undefined && "allowsTool" in value;
}
