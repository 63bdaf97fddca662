import type { GatedCall } from "./admission.js";
import { type CallContext, contextOf } from "./call-context.js";
import { callGated } from "./gated-call.js";
import { streamGated } from "./gated-stream.js";
import { isRefusal } from "./refusal.js";
import { finalOf, isStreaming, itemsOf } from "./streaming.js";

/** Plans a call of one tool. */
export type Plan = (input: unknown, context: CallContext) => GatedCall<unknown, unknown>;

/** A function that runs a tool: that of an SDK, or that of an MCP server. */
type Run = (...args: readonly unknown[]) => unknown;

/** A tool of a record, by what runs it. */
export type FoundTool =
  | { readonly kind: "callback"; readonly name: string; readonly callback: Run }
  | { readonly kind: "ai"; readonly name: string; readonly tool: { readonly execute: Run } }
  | { readonly kind: "agents"; readonly name: string; readonly tool: { readonly invoke: Run } }
  /** It runs at the provider or in a browser, so that its calls are not seen here. */
  | { readonly kind: "elsewhere"; readonly name: string; readonly tool: unknown };

/** Finds out of which SDK a tool is. The name is that which the model uses. */
export function recognise(key: string, tool: unknown): FoundTool {
  if (isFunction(tool)) return { kind: "callback", name: key, callback: tool };
  if (typeof tool === "object" && tool !== null) {
    if (has(tool, "invoke")) {
      const name = "name" in tool && typeof tool.name === "string" ? tool.name : key;
      return { kind: "agents", name, tool };
    }
    if (has(tool, "execute")) return { kind: "ai", name: key, tool };
  }
  return { kind: "elsewhere", name: key, tool };
}

/** Returns a copy of a tool whose calls are planned. */
export function gatedTool(found: FoundTool, plan: Plan): unknown {
  switch (found.kind) {
    case "callback":
      return gatedCallback(found.callback, plan);
    case "ai":
      return gatedExecute(found.name, found.tool, plan);
    case "agents":
      return gatedInvoke(found.tool, plan);
    case "elsewhere":
      return found.tool;
    default:
      return found satisfies never;
  }
}

/** A callback for `registerTool` of an MCP server: `(input, extra)`, or `(extra)` without an input. */
function gatedCallback(callback: Run, plan: Plan): Run {
  return async (...args) => {
    const context = { ...contextOf(args.at(-1)), isMcp: true };
    return callGated(plan(args.length > 1 ? args[0] : undefined, context), () => callback(...args));
  };
}

/** A tool of the AI SDK: `execute(input, options)`. */
function gatedExecute(name: string, tool: { readonly execute: Run }, plan: Plan): unknown {
  const planned = ([input, options]: readonly unknown[]) => plan(input, contextOf(options));
  const execute: Run = isStreaming(tool.execute)
    ? (...args) => streamGated(planned(args), () => itemsOf(tool.execute(...args)))
    : async (...args) => callGated(planned(args), () => finalOf(tool.execute(...args)));
  if (!has(tool, "toModelOutput")) return copied(tool, { execute });
  // The function expects the output of the tool, and a refusal is none.
  const toModelOutput: Run = (...args) => {
    const output = outputIn(args[0]);
    return isRefusal(name, output)
      ? { type: "error-text", value: output }
      : tool.toModelOutput(...args);
  };
  return copied(tool, { execute, toModelOutput });
}

/** A function tool of OpenAI Agents: `invoke(runContext, json, details)`. */
function gatedInvoke(tool: { readonly invoke: Run }, plan: Plan): unknown {
  const invoke: Run = async (...args) =>
    callGated(plan(parsed(args[1]), contextOf(args[2])), () => tool.invoke(...args));
  return copied(tool, { invoke });
}

/** A copy of a tool with other functions. It keeps hidden members, which SDKs add. */
function copied(tool: object, functions: Readonly<Record<string, Run>>): unknown {
  return Object.create(Reflect.getPrototypeOf(tool), {
    ...Object.getOwnPropertyDescriptors(tool),
    ...Object.getOwnPropertyDescriptors(functions),
  });
}

function outputIn(options: unknown): unknown {
  return typeof options === "object" && options !== null && "output" in options
    ? options.output
    : undefined;
}

/** The input of a call. A text that is not JSON is left to the tool. */
function parsed(json: unknown): unknown {
  try {
    return typeof json === "string" ? JSON.parse(json) : json;
  } catch {
    return json;
  }
}

function isFunction(value: unknown): value is Run {
  return typeof value === "function";
}

function has<Name extends string>(tool: object, name: Name): tool is Record<Name, Run> {
  return typeof Reflect.get(tool, name) === "function";
}
