import { CyclesConfigError, credits } from "../index.js";
import { checkOptions } from "./check.js";
import type { GateToolsOptions, ToolCall } from "./options.js";
import type { CallOptionsOf } from "./plan.js";
import type { FoundTool } from "./sdk-tools.js";
import type { ToolCost, ToolRules } from "./tool-types.js";

type AnyCost = ToolCost<unknown, unknown>;

/** How the calls of one tool are charged: by its own rules, and by the options of all tools. */
export function rulesFor(
  name: string,
  cost: AnyCost | undefined,
  options: GateToolsOptions,
): CallOptionsOf<[input: unknown, call: ToolCall], unknown> {
  const rules = toRules(cost);
  const { kind, mode, onUnavailable, subject, idempotencyKey, onDenied, onFailure } = options;
  return {
    name,
    kind,
    mode,
    onUnavailable,
    subject: typeof subject === "function" ? (_, call) => subject(call) : subject,
    idempotencyKey: idempotencyKey && ((_, call) => idempotencyKey(call)),
    cost: rules.cost,
    actual: rules.actual,
    onFailure: rules.onFailure ?? onFailure,
    onDenied:
      rules.onDenied ??
      (typeof onDenied === "function" ? (denial, _, call) => onDenied(denial, call) : onDenied),
  };
}

/**
 * Checks the costs when tools are gated.
 *
 * @throws {@link CyclesConfigError} if a cost cannot be used, or has no tool that runs here.
 */
export function checkCosts(
  tools: ReadonlyMap<string, FoundTool>,
  costs: Readonly<Record<string, AnyCost | undefined>>,
): void {
  for (const [key, cost] of Object.entries(costs)) {
    if (cost === undefined) continue;
    const kind = tools.get(key)?.kind;
    if (kind === undefined)
      throw new CyclesConfigError(
        `gateTools: costs has "${key}", which is not one of the tools: ${[...tools.keys()].join(", ")}`,
      );
    if (kind === "elsewhere")
      throw new CyclesConfigError(
        `gateTools: costs has "${key}", but this tool has no function that runs here, so its calls cannot be charged. Leave out its cost`,
      );
    checkOptions(`gateTools, costs.${key}`, isRules(cost) ? cost : { cost });
  }
}

function toRules(cost: AnyCost | undefined): ToolRules<unknown, unknown> {
  if (cost === undefined) return FREE;
  return isRules(cost) ? cost : { cost };
}

function isRules(cost: unknown): cost is ToolRules<unknown, unknown> {
  return typeof cost === "object" && cost !== null && !("unit" in cost);
}

/** A tool without a cost is not charged. The unit does not matter, because nothing is sent. */
const FREE = { cost: credits(0) };
