import { type Amount, type BudgetDeniedError, format } from "../index.js";
import { isAmount } from "./cost.js";

/** A refusal as the result of a tool of an MCP server. */
export interface ToolErrorResult {
  content: { type: "text"; text: string }[];
  isError: true;
  // The SDK's results have further members, and an interface without them would not fit.
  [member: string]: unknown;
}

/** A refusal as the result of a tool: text, and an error result for an MCP server. */
export type Refusal = string | ToolErrorResult;

/** The code of a denial whose reason is a tool list of caps. */
export const TOOL_NOT_ALLOWED = "TOOL_NOT_ALLOWED";

/** Says to a model that a call did not run, why, and what to do. It has no ids and no scopes. */
export function refusalText(tool: string, cost: Amount, denial: BudgetDeniedError): string {
  const start = startOf(tool);
  if (denial.code === TOOL_NOT_ALLOWED)
    return `${start}: the budget does not allow this tool. Use another tool, or finish without it.`;
  const left = denial.details?.["remaining"];
  const rest = isAmount(left) ? ` What is left is ${words(left)}.` : "";
  return (
    `${start}: it costs ${words(cost)}, and the budget does not allow that.${rest} ` +
    "Use a cheaper tool, or finish without it."
  );
}

/** Whether the result of a tool is a refusal. */
export function isRefusal(tool: string, result: unknown): result is string {
  return typeof result === "string" && result.startsWith(`${startOf(tool)}: `);
}

/** A refusal in the form that MCP has for errors of tools. */
export function toErrorResult(text: string): ToolErrorResult {
  return { content: [{ type: "text", text }], isError: true };
}

function startOf(tool: string): string {
  return `The tool "${tool}" did not run`;
}

/** An amount in words: `$0.10`, `5 risk points`. */
function words(amount: Amount): string {
  return format(amount).toLowerCase().replaceAll("_", " ");
}
