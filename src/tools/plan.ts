import type { Budget, ReserveOptions } from "../index.js";
import type { GatedCall } from "./admission.js";
import { type CallContext, keyOf } from "./call-context.js";
import { checkCost, costOf } from "./cost.js";
import type { GateOptions } from "./options.js";
import { type Refusal, refusalText, toErrorResult } from "./refusal.js";

/** The options of one tool. `undefined` stands for the default. */
export type CallOptionsOf<Args extends readonly unknown[], Result> = Pick<
  GateOptions<Args, Result>,
  "name" | "cost"
> & {
  readonly [Name in Exclude<keyof GateOptions<Args, Result>, "name" | "cost">]?:
    GateOptions<Args, Result>[Name] | undefined;
};

/** How one call is charged, by the options of its tool and by what the SDK says about it. */
export function planCall<Args extends readonly unknown[], Result>(
  budget: Budget,
  options: CallOptionsOf<Args, Result>,
  args: Args,
  context: CallContext,
): GatedCall<Result, Result | Refusal> {
  const { name, kind = "tool.call", onFailure = "charge", actual, subject } = options;
  const estimate = costOf(name, options.cost, args);
  const forSubject = typeof subject === "function" ? subject(...args) : subject;
  const key = options.idempotencyKey
    ? options.idempotencyKey(...args)
    : context.id && keyOf(name, context.id);
  return {
    budget,
    tool: name,
    request: { action: { kind, name }, estimate, ...(forSubject && { subject: forSubject }) },
    options: { ...policyOf(options), signal: context.signal, ...(key && { idempotencyKey: key }) },
    onFailure,
    actual: (result) =>
      actual === undefined ? estimate : checkCost(name, "actual", actual(result, ...args)),
    denied: (denial) => {
      const { onDenied = "throw" } = options;
      if (onDenied === "throw") throw denial;
      if (onDenied !== "tell-the-model") return onDenied(denial, ...args);
      const text = refusalText(name, estimate, denial);
      return context.isMcp ? toErrorResult(text) : text;
    },
  };
}

function policyOf<Args extends readonly unknown[], Result>({
  onUnavailable,
  mode,
}: CallOptionsOf<Args, Result>): ReserveOptions {
  return {
    ...(onUnavailable !== undefined && { onUnavailable }),
    ...(mode !== undefined && { mode }),
  };
}
