import type { Budget } from "../index.js";
import { contextOf } from "./call-context.js";
import { checkOptions, refuse } from "./check.js";
import { callGated } from "./gated-call.js";
import type { GateOptions } from "./options.js";
import { planCall } from "./plan.js";
import type { ToolErrorResult } from "./refusal.js";
import { isStreaming } from "./streaming.js";

/** What `"tell-the-model"` returns: text, or an error result in place of a result of an MCP tool. */
export type Told<Result> = Result extends { readonly content: unknown } ? ToolErrorResult : string;

/**
 * Returns a function that is charged to a budget at each call. It has the arguments and the result
 * of `handler`.
 *
 * The last argument of a call may be what an SDK passes to a tool: the options of the AI SDK, the
 * details of OpenAI Agents, or the `extra` of an MCP server. The id of the tool call is then the
 * idempotency key, and its signal ends the reserve.
 *
 * @throws {@link CyclesConfigError} if an option cannot be used. A call throws
 * {@link BudgetDeniedError} before the handler runs, {@link RepeatedToolCallError}, the errors of
 * every reserve, and the handler's own error.
 * @example
 * ```ts
 * import { CyclesClient, riskPoints } from "cycles-client";
 * import { gate } from "cycles-client/tools";
 * const cycles = new CyclesClient();
 * const sendEmail = gate(
 *   cycles,
 *   { name: "send_email", cost: riskPoints(5) },
 *   async (to: string, text: string) => `Sent ${text.length} characters to ${to}`,
 * );
 * await sendEmail("ann@example.com", "Hello");
 * ```
 */
export function gate<Args extends readonly unknown[], Result>(
  budget: Budget,
  options: GateOptions<Args, Result> & { readonly onDenied: "tell-the-model" },
  handler: (...args: Args) => Result | PromiseLike<Result>,
): (...args: Args) => Promise<Result | Told<Result>>;
export function gate<Args extends readonly unknown[], Result>(
  budget: Budget,
  options: GateOptions<Args, Result>,
  handler: (...args: Args) => Result | PromiseLike<Result>,
): (...args: Args) => Promise<Result>;
export function gate<Args extends readonly unknown[], Result>(
  budget: Budget,
  options: GateOptions<Args, Result>,
  handler: (...args: Args) => Result | PromiseLike<Result>,
): (...args: Args) => Promise<unknown> {
  const { name } = options;
  if (typeof name !== "string" || name === "") refuse("gate", "name", "the name of the tool", name);
  const what = `gate("${name}")`;
  checkOptions(what, options);
  if (typeof handler !== "function" || isStreaming(handler))
    refuse(what, "handler", "a function that returns a result (see budget.stream)", handler);
  return async (...args) =>
    callGated(planCall(budget, options, args, contextOf(args.at(-1))), () => handler(...args));
}
