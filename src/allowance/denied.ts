import type { ReservationCreateRequest } from "../../generated/paths.js";
import { type Amount, format } from "../amount.js";
import { BudgetDeniedError } from "../errors.js";
import type { Grant } from "../guard/grant.js";
import { nameOf } from "../notice-text.js";

/** The denial of a draw that its allowance does not cover. No request was sent. */
export function exceeded(
  { id, scopes, traceId }: Grant,
  { action, estimate, idempotency_key: idempotencyKey }: ReservationCreateRequest,
  left: Amount,
): BudgetDeniedError {
  const scope = scopes.at(-1);
  return new BudgetDeniedError(
    `The allowance ${id}${scope === undefined ? "" : ` for ${scope}`} has ${format(left)} left, and ${nameOf(action)} asks for ` +
      `${format(estimate)}. Use a cheaper action, or raise the estimate or \`grow.upTo\` of the allowance. (ALLOWANCE_EXCEEDED)`,
    {
      operation: "createReservation",
      idempotencyKey,
      status: 409,
      code: "ALLOWANCE_EXCEEDED",
      traceId,
      scope,
      scopes,
      details: { reservation_id: id, requested: estimate, remaining: left },
      body: undefined,
    },
  );
}
