import type { Budget } from "../index.js";
import { checkPolicies, refuse } from "./check.js";
import type { GateToolsOptions } from "./options.js";
import { planCall } from "./plan.js";
import { checkCosts, rulesFor } from "./rules.js";
import { gatedTool, type Plan, recognise } from "./sdk-tools.js";
import type { GatedTools, ToolCost, ToolCosts } from "./tool-types.js";

/**
 * Returns tools that are charged to a budget at each call. The record may hold tools of the AI SDK,
 * function tools of OpenAI Agents, and callbacks for `registerTool` of an MCP server. Their types
 * stay as they are.
 *
 * A tool without a cost runs uncharged, and `onUnpriced` reports it. A tool that does not run here,
 * but at the provider or in a browser, is passed on unchanged.
 *
 * @throws {@link CyclesConfigError} if an option cannot be used, if a cost has no tool, or if it
 * belongs to a tool that does not run here.
 * @example
 * ```ts
 * import { tool } from "ai";
 * import { CyclesClient, riskPoints } from "cycles-client";
 * import { gateTools } from "cycles-client/tools";
 * import { z } from "zod";
 * const cycles = new CyclesClient();
 * const send_email = tool({
 *   inputSchema: z.object({ to: z.string() }),
 *   execute: ({ to }) => `Sent to ${to}`,
 * });
 * const tools = gateTools(cycles, { send_email }, { send_email: riskPoints(5) });
 * ```
 */
export function gateTools<Tools extends Readonly<Record<string, object>>>(
  budget: Budget,
  tools: Tools,
  costs: ToolCosts<Tools>,
  options?: GateToolsOptions,
): GatedTools<Tools>;
export function gateTools(
  budget: Budget,
  tools: Readonly<Record<string, object>>,
  costs: Readonly<Record<string, ToolCost<unknown, unknown> | undefined>>,
  options: GateToolsOptions = {},
): Readonly<Record<string, unknown>> {
  if (Array.isArray(tools))
    refuse("gateTools", "tools", "an object of names and tools", "an array");
  checkPolicies("gateTools", options);
  const found = new Map(Object.entries(tools).map(([key, tool]) => [key, recognise(key, tool)]));
  checkCosts(found, costs);
  const unpriced = [...found].filter(([key, { kind }]) => kind !== "elsewhere" && !costs[key]);
  if (unpriced.length > 0) options.onUnpriced?.(unpriced.map(([key]) => key));
  return Object.fromEntries(
    [...found].map(([key, tool]) => {
      const rules = rulesFor(tool.name, costs[key], options);
      const plan: Plan = (input, context) => {
        const call = { tool: tool.name, input, id: context.id?.at(-1) };
        return planCall(budget, rules, [input, call], context);
      };
      return [key, gatedTool(tool, plan)];
    }),
  );
}
