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

/** The operations by the number of segments in their path, so that few must be compared. */
const TEMPLATES = new Map<number, Template[]>();
for (const operation of Object.values(operations)) {
  const segments = operation.path.split("/");
  const alike = TEMPLATES.get(segments.length) ?? [];
  TEMPLATES.set(segments.length, [...alike, { operation, segments }]);
}

/** Finds the operation of a method and a path, and reads the parameters in the path. */
export function route(method: string, pathname: string): Route | Refusal | HttpRefusal {
  const segments = pathname.split("/");
  const found = (TEMPLATES.get(segments.length) ?? []).filter((each) => matches(each, segments));
  const same = found.find(({ operation }) => operation.method === method);
  if (same) return toRoute(same, segments);
  const allowed = found.map(({ operation }) => operation.method);
  return allowed.length > 0
    ? refuseMethod(`${pathname} supports ${allowed.join(", ")}, not ${method}`, allowed)
    : refuse("NOT_FOUND", `No operation has the path ${pathname}`);
}

function matches({ segments: template }: Template, segments: readonly string[]): boolean {
  return template.every((part, index) => isParameter(part) || part === segments[index]);
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
