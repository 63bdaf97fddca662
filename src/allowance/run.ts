import type { ReservationCreateRequest } from "../../generated/paths.js";
import type { Runner } from "../context.js";
import { isAmount } from "../amount.js";
import { BudgetDeniedError } from "../errors.js";
import type { Budget } from "../guard/budget.js";
import { captured } from "../guard/current.js";
import { Guard } from "../guard/guard.js";
import type { Lifecycle } from "../guard/lifecycle.js";
import type { ReserveOptions } from "../guard/reserve.js";
import type { BudgetSource, ClientSource } from "../guard/source.js";
import type { ReserveRequest } from "../params.js";
import { Account } from "./account.js";
import { Allowance } from "./allowance.js";
import { Draw, DrawLifecycle } from "./draw.js";
import { heldBy } from "./elsewhere.js";
import { type GrowOptions, Growth } from "./growth.js";
import { Parts } from "./parts.js";

/** Options of an allowance. The options of a reserve apply to all its reservations. */
export interface AllowanceOptions<Result> extends ReserveOptions {
  /** Lets the allowance make further reservations. By default, it does not grow. */
  readonly grow?: GrowOptions;
  /** Returns the result if the first reserve is denied. */
  readonly onDenied?: (error: BudgetDeniedError) => Result | PromiseLike<Result>;
}

/** A client as it makes allowances. */
export interface AllowanceContext extends ClientSource {
  /** Where the budget of new work comes from. */
  source(options: ReserveOptions): BudgetSource;
  /** Runs code inside an allowance. */
  aroundAllowance(source: (context: ClientSource) => BudgetSource, budget: Budget): Runner;
}

/** Reserves once, runs the work, and commits the total of its draws. */
export async function allowance<Result>(
  context: AllowanceContext,
  request: ReserveRequest,
  work: (allowance: Allowance) => Result | PromiseLike<Result>,
  options: AllowanceOptions<Result>,
): Promise<Result> {
  const { grow, onDenied, ...reserveOptions } = options;
  const from = context.source(options);
  // A key names one reservation, so further ones get new keys.
  const { idempotency_key: _, ...rest } = request;
  const { idempotencyKey: __, ...others } = reserveOptions;
  const { estimate } = request;
  // A draw in another scope must not change the subject of what is reserved for all.
  const here = captured();
  const growth =
    grow && isAmount(estimate)
      ? new Growth(grow, estimate, (amount) =>
          here(() => from.reserve({ ...rest, estimate: { unit: estimate.unit, amount } }, others)),
        )
      : undefined;
  let first: Lifecycle;
  try {
    first = await from.reserve(request, reserveOptions);
  } catch (error) {
    if (error instanceof BudgetDeniedError && onDenied) return onDenied(error);
    throw error;
  }
  const isCapped = request.overage_policy === "REJECT";
  const parts = new Parts(first, isCapped, context.settings.notify);
  const account = new Account(context, heldBy(sent(first), first.grant.scopes), parts, growth);
  const sourceFor = (by: ClientSource): BudgetSource => ({
    reserve: (wanted, wantedOptions) => account.reserve(by, wanted, wantedOptions),
    toGuard: (lifecycle) =>
      lifecycle instanceof DrawLifecycle ? new Draw(lifecycle) : new Guard(lifecycle),
    around: (guard) => {
      const within = context.aroundAllowance(sourceFor, budget);
      return within(() => by.around(guard));
    },
  });
  const budget = new Allowance(context, account, sourceFor(context));
  let result: Result;
  try {
    result = await context.aroundAllowance(sourceFor, budget)(() => work(budget));
  } catch (error) {
    await account.endFailed();
    throw error;
  }
  await account.end(result);
  return result;
}

function sent({ grant }: Lifecycle): ReservationCreateRequest {
  // The operation's validator accepted this text before it was sent.
  return JSON.parse(grant.sent) as ReservationCreateRequest;
}
