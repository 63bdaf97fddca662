// What is read from the types of tools. They are structural, so no SDK is imported.
import type { Amount } from "../index.js";
import type { OnDenied, OnFailure, ToolCall } from "./options.js";

/** How one tool is charged. */
export interface ToolRules<Input, Result> {
  /** The most that a call can cost, in any unit. If it is 0, no request is made. */
  readonly cost: Amount | ((input: Input, call: ToolCall) => Amount);
  /** What a call has cost. Default: `cost`. */
  readonly actual?: (result: Result, input: Input, call: ToolCall) => Amount;
  /** What happens to a call that the budget does not allow. */
  readonly onDenied?: OnDenied<[input: Input, call: ToolCall], Result>;
  /** What is recorded for a tool that throws. */
  readonly onFailure?: OnFailure;
}

/** What a tool costs: an amount, a function of its input, or rules. */
export type ToolCost<Input, Result> =
  Amount | ((input: Input, call: ToolCall) => Amount) | ToolRules<Input, Result>;

/** What each tool costs. A tool that is left out is not charged. */
export type ToolCosts<Tools> = {
  readonly [Name in keyof Tools]?: ToolCost<ToolInput<Tools[Name]>, ToolOutput<Tools[Name]>>;
};

/** Tools that are charged. Their types are the same, except that a callback returns a promise. */
export type GatedTools<Tools> = {
  [Name in keyof Tools]: Tools[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : Tools[Name];
};

/** The input of a tool: of the AI SDK, of OpenAI Agents, or of a callback of an MCP server. */
export type ToolInput<Tool> = Tool extends (...args: infer Args) => unknown
  ? Args extends readonly [infer Input, ...unknown[]]
    ? Input extends { readonly sendNotification: unknown }
      ? undefined
      : Input
    : unknown
  : Tool extends {
        needsApproval: (context: never, input: infer Input, id?: string) => unknown;
        invoke: unknown;
      }
    ? Input
    : Tool extends { execute?: infer Execute }
      ? InputOf<NonNullable<Execute>>
      : unknown;

/** The result of a tool, or the last one of a tool that yields preliminary results. */
export type ToolOutput<Tool> = Tool extends (...args: never) => infer Result
  ? Awaited<Result>
  : Tool extends { invoke: (...args: never) => infer Result }
    ? Awaited<Result>
    : Tool extends { execute?: infer Execute }
      ? OutputOf<NonNullable<Execute>>
      : unknown;

type InputOf<Execute> = Execute extends (input: infer Input, ...rest: never) => unknown
  ? Input
  : unknown;

type OutputOf<Execute> = Execute extends (...args: never) => infer Result
  ? FinalOf<Result>
  : unknown;

type FinalOf<Result> = Result extends AsyncIterable<infer Item> ? Item : Awaited<Result>;
