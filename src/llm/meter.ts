import {
  type Action,
  type Amount,
  type Budget,
  BudgetDeniedError,
  type Clock,
  CyclesConfigError,
  type ReserveRequest,
  systemClock,
} from "../index.js";
import { CallAccount } from "./account.js";
import type { LlmCall } from "./call.js";
import type { JsonObject, CallLimits } from "./dialects/dialect.js";
import { UnmeteredCallError } from "./errors.js";
import { boundOf, usageSeen } from "./estimate.js";
import type { MeterOptions } from "./options.js";
import type { Charging } from "./spend.js";

/** What a call costs at most, and how that was found. */
interface Bound {
  readonly amount: Amount;
  readonly fallback: Charging["fallback"];
  /** Why the call must not be sent, unless its budget only observes. */
  readonly denial?: UnmeteredCallError;
}

/** Whether a call needs no budget. */
export function isFree({ amount, denial }: Bound): boolean {
  return amount.amount === 0 && denial === undefined;
}

/** How the calls of one metered fetch are charged: the budget, and the options with their defaults. */
export class Meter {
  readonly clock: Clock;
  readonly idleTimeout: number;
  /** The limit of output tokens that is written into requests without one. */
  readonly maxOutput: number;
  readonly #budget: Budget;
  readonly #options: MeterOptions;

  /** @throws {@link CyclesConfigError} if an option cannot be used with the budget. */
  constructor(budget: Budget, options: MeterOptions) {
    const { clock = systemClock, idleTimeout = 60_000, maxOutput = DEFAULT_MAX_OUTPUT } = options;
    const { price, estimate } = options;
    const { unit } = budget;
    if (unit !== undefined && unit !== "TOKENS" && price === undefined && estimate === undefined)
      throw new CyclesConfigError(
        `The budget is in ${unit}, but without the option \`price\` calls are metered in TOKENS. Set \`price\`, for example to \`prices()\` from "cycles-client/prices".`,
      );
    this.clock = clock;
    this.idleTimeout = idleTimeout;
    this.maxOutput = maxOutput;
    this.#budget = budget;
    this.#options = options;
  }

  /**
   * What a call may cost. If that is not known, and the option `unpriced` is `"deny"`, it must not
   * be sent.
   *
   * @param refused why the call cannot be metered, if that is so
   */
  bound(url: string, call: LlmCall | undefined, refused: string | undefined): Bound {
    const { unpriced = "deny" } = this.#options;
    const amount = call === undefined || refused !== undefined ? undefined : this.#estimate(call);
    if (amount !== undefined) return { amount, fallback: "request" };
    if (unpriced !== "deny") return { amount: unpriced, fallback: "unpriced" };
    const why =
      refused ??
      `The price of ${named(call)} is not known. Give it one in \`price\`, or set \`unpriced\` to an amount.`;
    const denial = new UnmeteredCallError(`The call was not sent. ${why}`, url);
    const { unit = "TOKENS" } = this.#budget;
    return { amount: { unit, amount: 0 }, fallback: "unpriced", denial };
  }

  #estimate(call: LlmCall): Amount | undefined {
    const { estimate } = this.#options;
    return estimate === undefined ? boundOf(call, this.#options) : estimate(call);
  }

  /** Reserves for a call. Rejects as `Budget.reserve` does. */
  async reserve(
    name: string,
    call: LlmCall | undefined,
    { amount: estimate, denial }: Bound,
    signal: AbortSignal | undefined,
  ): Promise<CallAccount> {
    const request: ReserveRequest = {
      action: this.#action(name, call),
      estimate,
      ...this.#subject(call),
    };
    const { mode, onUnavailable } = this.#options;
    const hold = await this.#budget.reserve(request, {
      signal,
      ...(mode && { mode }),
      ...(onUnavailable && { onUnavailable }),
      ...(denial && { denial }),
    });
    return new CallAccount(this.#budget, request, hold);
  }

  /** What is written into the request of a call before it is sent. */
  limits(call: LlmCall, { hold }: CallAccount): CallLimits {
    const { includeUsage = true } = this.#options;
    const capped = hold.caps?.max_tokens;
    const observes = hold.mode === "observe";
    const own = call.maxOutput === undefined && !observes ? this.maxOutput : undefined;
    const lowest = Math.min(capped ?? Infinity, own ?? Infinity);
    return {
      maxOutput: lowest === Infinity ? undefined : lowest,
      allowsTool: (tool) => hold.allowsTool(tool),
      includeUsage,
      observes,
    };
  }

  /** How the answer to a call is charged. The request is sent now. */
  charging(call: LlmCall | undefined, { amount, fallback }: Bound): Charging {
    const { clock } = this;
    const sentAt = clock.monotonic();
    return {
      call,
      estimate: amount,
      fallback,
      price: this.#options.price,
      usageSeen: (text, seen) => usageSeen(text, seen, this.#options),
      elapsed: () => Math.round(clock.monotonic() - sentAt),
    };
  }

  /** The caller's own response to a call that was not sent. */
  replacement(error: unknown, call: LlmCall | undefined): Response | undefined {
    if (!(error instanceof BudgetDeniedError) || call === undefined) return undefined;
    return this.#options.onDenied?.(error, call);
  }

  #action(name: string, call: LlmCall | undefined): Action {
    if (call === undefined) return { kind: "llm.call", name };
    const { action } = this.#options;
    if (action !== undefined) return action(call);
    const kind = call.dialect === "embeddings" ? "llm.embedding" : "llm.completion";
    return { kind, name: call.model === "" ? name : call.model };
  }

  #subject(call: LlmCall | undefined): Pick<ReserveRequest, "subject"> {
    const { subject } = this.#options;
    if (typeof subject !== "function") return subject === undefined ? {} : { subject };
    return call === undefined ? {} : { subject: subject(call) };
  }
}

const DEFAULT_MAX_OUTPUT = 4_096;

function named(call: LlmCall | undefined): string {
  return call === undefined ? "this call" : `${call.model} (${call.provider})`;
}

/** Whether a request asks for a stream with an additional event that its caller did not ask for. */
export function hasExtraEvent(call: LlmCall, sent: JsonObject): boolean {
  return call.stream && call.dialect === "chat" && sent !== call.body;
}
