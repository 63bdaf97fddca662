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

interface Template {
  readonly operation: AnyOperation;
  readonly segments: readonly string[];
}

const TEMPLATES: readonly Template[] = Object.values(operations).map((operation) => ({
  operation,
  segments: operation.path.split("/"),
}));

/** Finds the operation of a method and a path, and reads the parameters in the path. */
export function route(method: string, pathname: string): Route | Refusal | HttpRefusal {
  const segments = pathname.split("/");
  const allowed: string[] = [];
  for (const template of TEMPLATES) {
    if (!matches(template.segments, segments)) continue;
    if (template.operation.method === method) return toRoute(template, segments);
    allowed.push(template.operation.method);
  }
  return allowed.length > 0
    ? refuseMethod(`${pathname} supports ${allowed.join(", ")}, not ${method}`, allowed)
    : refuse("NOT_FOUND", `No operation has the path ${pathname}`);
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  if (template.length !== segments.length) return false;
  // Compares from the end, because the paths differ there.
  for (let index = template.length - 1; index >= 0; index -= 1) {
    const part = template[index] ?? "";
    if (part !== segments[index] && !isParameter(part)) return false;
  }
  return true;
}

function isParameter(part: string): boolean {
  return part.startsWith("{");
}

function toRoute(
  { operation, segments: template }: Template,
  segments: readonly string[],
): Route | Refusal {
  const path: Record<string, string> = {};
  for (let index = 0; index < template.length; index += 1) {
    const part = template[index] ?? "";
    if (!isParameter(part)) continue;
    const name = part.slice(1, -1);
    try {
      path[name] = decodeURIComponent(segments[index] ?? "");
    } catch {
      return refuse("INVALID_REQUEST", `${name}: is not valid percent-encoding`);
    }
  }
  return { kind: "route", operation, path };
}
