import type { CallAccount } from "../llm/account.js";
import type { LlmCall } from "../llm/index.js";
import { isMarked, markSignal } from "../llm/mark.js";
import type { Meter } from "../llm/meter.js";
import { type CallSpend, type Charging, estimated } from "../llm/spend.js";
import { costsNothing } from "./call-error.js";

/** A call whose budget is held. */
export interface HeldCall {
  readonly account: CallAccount;
  readonly charging: Charging;
  /** The signal for the model. A metered fetch under the model knows by it that the call is metered. */
  readonly signal: AbortSignal;
}

/**
 * Holds budget for a call. Returns undefined for a call that needs none: it is free, or a layer
 * above has reserved for it.
 *
 * @throws what `Budget.reserve` throws, and `UnmeteredCallError`.
 */
export async function hold(
  meter: Meter,
  call: LlmCall,
  given: AbortSignal | undefined,
): Promise<HeldCall | undefined> {
  if (isMarked(given)) return undefined;
  const bound = meter.bound(call.url, call, undefined);
  if (bound.amount.amount === 0) return undefined;
  const account = await meter.reserve(call.dialect, call, bound.amount, given);
  const signals = [account.hold.signal, ...(given === undefined ? [] : [given])];
  // Always a signal of its own, because it is marked.
  const signal = markSignal(AbortSignal.any(signals));
  if (signal.aborted) {
    account.settle(undefined);
    throw signal.reason;
  }
  return { account, charging: meter.charging(call, bound), signal };
}

/** Calls the model. If that fails, the call costs its estimate, or nothing if nothing was billed. */
export async function attempt<Result>(
  { account, charging, signal }: HeldCall,
  send: () => PromiseLike<Result>,
): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    account.settle(costsNothing(error) ? undefined : estimated(charging));
    // A caller who has given the call up does not wait. The SDK, which may try again, does.
    if (!isAborted(signal)) await account.settled();
    throw error;
  }
}

/** Calls the model and records what the result costs. */
export async function meteredResult<Result>(
  held: HeldCall,
  send: () => PromiseLike<Result>,
  spendOf: (result: Result) => CallSpend,
): Promise<Result> {
  const result = await attempt(held, send);
  held.account.settle(spendOf(result));
  await held.account.settled();
  return result;
}

function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}
