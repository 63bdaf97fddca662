import { type Operation, operations } from "../../generated/operations.js";
import { Refusal } from "./ledger/refusal.js";

/** An operation, and the ids that its path carries. */
export interface Route {
  readonly operation: Operation;
  readonly ids: Readonly<Record<string, string>>;
}

const templates = Object.values(operations).map((operation) => ({
  operation,
  segments: operation.path.split("/"),
}));

/** Finds the operation of a request in the contract's own table. */
export function route(method: string, pathname: string): Route {
  const parts = pathname.split("/");
  let known = false;
  for (const { operation, segments } of templates) {
    const ids = match(segments, parts);
    if (!ids) continue;
    known = true;
    if (operation.method === method) return { operation, ids };
  }
  if (known) throw new Refusal(405, "INVALID_REQUEST", `${method} is not a method of ${pathname}`);
  throw new Refusal(404, "NOT_FOUND", `No operation at ${pathname}`);
}

function match(
  segments: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const ids: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const part = parts[at] ?? "";
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== part : part === "") return undefined;
    if (name !== undefined) ids[name] = decode(part);
  }
  return ids;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, "INVALID_REQUEST", "The path is not valid percent-encoding");
  }
}
