import type { JsonObject } from "./dialect.js";
import { isObject, listOf, textOf } from "./values.js";

type AllowsTool = (name: string) => boolean;

/** What is left of a list of tools. */
export interface Kept {
  /** The same list if nothing was removed. */
  readonly tools: readonly unknown[];
  readonly isAnyRemoved: boolean;
}

/** Removes the denied tools from a list, and from the namespaces and servers in it. */
export function keepAllowed(tools: unknown, allowsTool: AllowsTool): Kept {
  return kept(listOf(tools), (tool) => {
    if (isDenied(tool, allowsTool)) return [];
    return isObject(tool) ? keepInside(tool, allowsTool) : [tool];
  });
}

function kept(before: readonly unknown[], keep: (tool: unknown) => readonly unknown[]): Kept {
  const after = before.flatMap(keep);
  const isAnyRemoved =
    after.length < before.length || after.some((tool, index) => tool !== before[index]);
  return { tools: isAnyRemoved ? after : before, isAnyRemoved };
}

function isDenied(tool: unknown, allowsTool: AllowsTool): boolean {
  const name = typeof tool === "string" ? tool : toolName(tool);
  return name !== undefined && !allowsTool(name);
}

/** What is left of a tool that contains others, which have none inside; an empty list if nothing is. */
function keepInside(tool: JsonObject, allowsTool: AllowsTool): readonly unknown[] {
  let left = tool;
  for (const field of ["tools", "allowed_tools"]) {
    const inside = kept(listOf(tool[field]), (one) => (isDenied(one, allowsTool) ? [] : [one]));
    if (!inside.isAnyRemoved) continue;
    if (inside.tools.length === 0) return [];
    left = { ...left, [field]: inside.tools };
  }
  return [left];
}

/**
 * The name of a tool, or of the server that provides it. A tool that the provider runs is named for
 * its type, without the date of its version: `web_search`, `code_interpreter`.
 */
export function toolName(tool: unknown): string | undefined {
  if (!isObject(tool)) return undefined;
  for (const inner of [tool["function"], tool["custom"]])
    if (isObject(inner)) return textOf(inner["name"]);
  return (
    textOf(tool["name"]) ??
    textOf(tool["server_label"]) ??
    textOf(tool["mcp_server_name"]) ??
    textOf(tool["type"])?.replace(VERSION, "")
  );
}

/** `_20250305` of Anthropic, `_2025_03_11` of OpenAI. */
const VERSION = /_\d{4}_?\d{2}_?\d{2}$/;

/** Removes denied tools from a request in a format of OpenAI. */
export function limitTools(body: JsonObject, allowsTool: AllowsTool): JsonObject {
  const tools = limitList(body, "tools", allowsTool, ["tool_choice", "parallel_tool_calls"]);
  const functions = limitList(tools, "functions", allowsTool, ["function_call"]);
  return limitChoice(
    limitChoice(functions, "tool_choice", allowsTool),
    "function_call",
    allowsTool,
  );
}

/** Without any tool, OpenAI refuses the fields that `companions` names. */
export function limitList(
  body: JsonObject,
  field: string,
  allowsTool: AllowsTool,
  companions: readonly string[],
): JsonObject {
  const kept = keepAllowed(body[field], allowsTool);
  if (!kept.isAnyRemoved) return body;
  return kept.tools.length > 0
    ? { ...body, [field]: kept.tools }
    : without(body, field, ...companions);
}

/**
 * If a request restricts the call to tools that are denied, it ends up with none: the other tools
 * were not meant for this call.
 */
function limitChoice(body: JsonObject, field: string, allowsTool: AllowsTool): JsonObject {
  const choice = body[field];
  if (!isObject(choice)) return body;
  if (choice["type"] !== "allowed_tools") {
    const name = toolName(choice);
    return name === undefined || allowsTool(name) ? body : { ...body, [field]: "none" };
  }
  // Chat completions have the list one level below that of responses.
  const nested = choice["allowed_tools"];
  const holder = isObject(nested) ? nested : choice;
  const kept = keepAllowed(holder["tools"], allowsTool);
  if (!kept.isAnyRemoved) return body;
  if (kept.tools.length === 0) return { ...body, [field]: "none" };
  const limited = { ...holder, tools: kept.tools };
  return {
    ...body,
    [field]: isObject(nested) ? { ...choice, allowed_tools: limited } : limited,
  };
}

/** Returns the object without these fields. */
export function without(source: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !names.includes(name)));
}
