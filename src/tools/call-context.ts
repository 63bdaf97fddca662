import { scopeId } from "../index.js";

/** What an SDK says about a call of a tool, besides the input. */
export interface CallContext {
  /** What tells the call apart from all others; undefined if that is not known. */
  readonly id: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether the call is a request to an MCP server, which has its own form for errors. */
  readonly isMcp: boolean;
}

/**
 * Reads the last argument that an SDK passes to a tool: the options of the AI SDK, the details of
 * OpenAI Agents, or the `extra` of an MCP server.
 */
export function contextOf(last: unknown): CallContext {
  const extra = isObject(last) ? last : {};
  if (isMcpExtra(extra)) {
    // The client of the server counts its requests, so an id is unique only within a session.
    const { requestId, sessionId, signal } = extra;
    const isUnique = typeof sessionId === "string" && sessionId !== "";
    const id = isUnique ? ["mcp", sessionId, JSON.stringify(requestId)] : undefined;
    return { id, signal: signalOf(signal), isMcp: true };
  }
  const call = isObject(extra["toolCall"]) ? extra["toolCall"] : {};
  const id = extra["toolCallId"] ?? call["callId"];
  return {
    id: typeof id === "string" && id !== "" ? ["tool", id] : undefined,
    signal: signalOf(extra["abortSignal"] ?? extra["signal"]),
    isMcp: false,
  };
}

/** A key that only this call of this tool has. */
export function keyOf(tool: string, [kind = "", ...id]: readonly string[]): string {
  // Escaped parts have no colon, so different parts cannot give the same key.
  const key = [kind, tool, ...id].map(scopeId).join(":");
  return key.length <= LONGEST_KEY ? key : scopeId(key);
}

/** The protocol allows 256 characters. */
const LONGEST_KEY = 256;

/** The `extra` of an MCP server. No other SDK passes an id and a function for notifications. */
function isMcpExtra(extra: Members): boolean {
  return "requestId" in extra && typeof extra["sendNotification"] === "function";
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

function signalOf(value: unknown): AbortSignal | undefined {
  return value instanceof AbortSignal ? value : undefined;
}
