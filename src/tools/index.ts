// The entry point `cycles-client/tools`: budgets for tool calls.
export { RepeatedToolCallError } from "./errors.js";
export { gate, type Told } from "./gate.js";
export { gateTools } from "./gate-tools.js";
export type {
  CallRules,
  GateOptions,
  GateToolsOptions,
  OnDenied,
  OnFailure,
  ToolCall,
} from "./options.js";
export type { ToolErrorResult } from "./refusal.js";
export type {
  GatedTools,
  ToolCost,
  ToolCosts,
  ToolInput,
  ToolOutput,
  ToolRules,
} from "./tool-types.js";
