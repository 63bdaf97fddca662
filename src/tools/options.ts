import type { Amount, BudgetDeniedError, PolicyOptions, Subject } from "../index.js";

/**
 * What happens to a call that the budget does not allow.
 *
 * - `"throw"` throws the {@link BudgetDeniedError}.
 * - `"tell-the-model"` returns a refusal in plain words as the result of the tool.
 * - A function returns another result.
 */
export type OnDenied<Args extends readonly unknown[], Result> =
  | "throw"
  | "tell-the-model"
  | ((denial: BudgetDeniedError, ...args: Args) => Result | PromiseLike<Result>);

/** What is recorded for a tool that throws: its cost, because it may have had its effect, or nothing. */
export type OnFailure = "charge" | "release";

/** How calls of tools are reserved. `Args` are what the functions among the options receive. */
export interface CallRules<Args extends readonly unknown[]> extends PolicyOptions {
  /** The kind of the action. Its name is the name of the tool. Default `"tool.call"`. */
  readonly kind?: string;
  /** The subject of a call, in addition to the defaults of the client. */
  readonly subject?: Subject | ((...args: Args) => Subject);
  /**
   * The idempotency key of a call, at most 256 characters. Default: a key made of the names of the
   * tool and the id of the tool call, if the SDK passes one. `undefined` stands for a random key.
   */
  readonly idempotencyKey?: (...args: Args) => string | undefined;
  /** What is recorded for a tool that throws. Default `"charge"`. */
  readonly onFailure?: OnFailure;
}

/** Options of {@link gate}. */
export interface GateOptions<Args extends readonly unknown[], Result> extends CallRules<Args> {
  /** The name of the tool. The tool lists of caps are compared with it. */
  readonly name: string;
  /**
   * The most that a call can cost, in any unit. A call that costs 0 runs without a request to the
   * authority.
   */
  readonly cost: Amount | ((...args: Args) => Amount);
  /** What a call has cost. Default: `cost`. */
  readonly actual?: (result: Result, ...args: Args) => Amount;
  /** What happens to a call that the budget does not allow. Default `"throw"`. */
  readonly onDenied?: OnDenied<Args, Result>;
}

/** A call of a tool, as the options of {@link gateTools} see it. */
export interface ToolCall {
  /** The name of the tool. */
  readonly tool: string;
  /** The input, as the model wrote it and the SDK parsed it. */
  readonly input: unknown;
  /** The id of the tool call; undefined if it is not unique. */
  readonly id: string | undefined;
}

/** Options of {@link gateTools}, for all its tools. */
export interface GateToolsOptions extends CallRules<[call: ToolCall]> {
  /** What happens to a call that the budget does not allow. Default `"throw"`. */
  readonly onDenied?:
    "throw" | "tell-the-model" | ((denial: BudgetDeniedError, call: ToolCall) => unknown);
  /** Receives the names of the tools without a cost, if there are any. They run uncharged. */
  readonly onUnpriced?: (tools: readonly string[]) => void;
}
