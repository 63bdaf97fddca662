import type { LlmCall } from "../../../src/llm/call.js";
import type { Dialect, JsonObject, CallLimits, Seen } from "../../../src/llm/dialects/dialect.js";
import { recognise } from "../../../src/llm/recognise.js";

/** The call that a request is recognised as. */
export function callTo(url: string, body: object): LlmCall {
  const found = recognise("POST", url, body);
  if (found.kind === "call") return found.call;
  throw new Error(`${url} is ${found.kind}: ${JSON.stringify(found)}`);
}

/** CallLimits that limit nothing, apart from what is given. */
export function limitsOf(limits: Partial<CallLimits>): CallLimits {
  return { maxOutput: undefined, allowsTool: () => true, includeUsage: false, ...limits };
}

/** What a dialect sees in these events, one after the other. A text is sent as it is. */
export function readEvents(
  dialect: Dialect,
  call: LlmCall,
  sent: JsonObject,
  events: readonly (object | string)[],
): Seen[] {
  const reader = dialect.events(call, sent);
  return events.map((event) =>
    reader.read({ data: typeof event === "string" ? event : JSON.stringify(event) }),
  );
}
