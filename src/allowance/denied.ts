import { type Amount, format } from "../amount.js";
import { BudgetDeniedError } from "../errors.js";
import type { Grant } from "../guard/grant.js";

/** The denial of a draw that its allowance does not cover. No request was sent. */
export function exceeded(
  { id, scopes, traceId }: Grant,
  { asked, left, idempotencyKey }: { asked: Amount; left: Amount; idempotencyKey: string },
  action: string,
): BudgetDeniedError {
  const scope = scopes.at(-1);
  return new BudgetDeniedError(
    `The allowance ${id}${scope === undefined ? "" : ` for ${scope}`} has ${format(left)} left, and ${action} asks for ` +
      `${format(asked)}. Use a cheaper action, or raise the estimate or \`grow.upTo\` of the allowance. (ALLOWANCE_EXCEEDED)`,
    {
      operation: "createReservation",
      idempotencyKey,
      status: 409,
      code: "ALLOWANCE_EXCEEDED",
      traceId,
      scope,
      scopes,
      details: { reservation_id: id, requested: asked, remaining: left },
      body: undefined,
    },
  );
}
