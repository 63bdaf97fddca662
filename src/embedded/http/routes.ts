import { operations } from "../../../generated/operations.js";
import { refuse, type Refusal } from "../ledger/refusal.js";
import { type HttpRefusal, refuseMethod } from "./refusal.js";

/** One of the contract's operations: a union that `id` discriminates. */
export type AnyOperation = (typeof operations)[keyof typeof operations];

export interface Route {
  readonly kind: "route";
  readonly operation: AnyOperation;
  readonly path: Readonly<Record<string, string>>;
}

const ROUTES = Object.values(operations).map((operation) => ({
  operation,
  segments: operation.path.split("/"),
}));

/** Finds the operation of a method and a path, and reads the parameters in the path. */
export function route(method: string, pathname: string): Route | Refusal | HttpRefusal {
  const segments = pathname.split("/");
  const allowed: string[] = [];
  for (const { operation, segments: template } of ROUTES) {
    const path = match(template, segments);
    if (path === undefined) continue;
    if (operation.method === method) return toRoute(operation, path);
    allowed.push(operation.method);
  }
  return allowed.length > 0
    ? refuseMethod(`${pathname} supports ${allowed.join(", ")}, not ${method}`, allowed)
    : refuse("NOT_FOUND", `No operation has the path ${pathname}`);
}

/** The parameters, still percent-encoded; `undefined` if the path does not match. */
function match(
  template: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, expected] of template.entries()) {
    const segment = segments[index] ?? "";
    if (expected.startsWith("{")) path[expected.slice(1, -1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return path;
}

function toRoute(operation: AnyOperation, encoded: Record<string, string>): Route | Refusal {
  const path: Record<string, string> = {};
  for (const [name, value] of Object.entries(encoded)) {
    try {
      path[name] = decodeURIComponent(value);
    } catch {
      return refuse("INVALID_REQUEST", `${name}: is not valid percent-encoding`);
    }
  }
  return { kind: "route", operation, path };
}
