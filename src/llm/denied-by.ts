import { type BudgetDeniedError, isCyclesError } from "../index.js";
import { denialIn, errorOf, isDenial } from "./denial.js";
import { isAnyObject } from "./dialects/values.js";

/** How many values are looked at: more than any SDK wraps around an error. */
const MAX_VALUES = 200;

/** Where errors, and what SDKs make of responses, keep other errors and bodies. */
const FIELDS = [
  "cause",
  "lastError",
  "errors",
  "error",
  "body",
  "data",
  "responseBody",
  "response",
  "reason",
  "message",
];

/**
 * Returns the denial behind an error that an SDK threw for a metered call; undefined if the budget
 * did not cause it. It looks through whatever was wrapped around the denial: causes, lists of
 * attempts, and the SDK's own error for the status 402.
 *
 * @example
 * ```ts
 * import { format, microcents } from "cycles-client";
 * import { deniedBy } from "cycles-client/llm";
 * const explain = (error: unknown) => {
 *   const denial = deniedBy(error);
 *   if (denial === undefined) throw error;
 *   return `${denial.code} for ${denial.scope ?? denial.scopes.join(", ")}`;
 * };
 * ```
 */
export function deniedBy(error: unknown): BudgetDeniedError | undefined {
  const values: unknown[] = [error];
  const seen = new Set<unknown>();
  for (const value of values) {
    if (seen.size >= MAX_VALUES) break;
    if (seen.has(value)) continue;
    seen.add(value);
    const found = safely(() => look(value, values));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the denial in a value, or adds the values inside it to those to look at. */
function look(value: unknown, values: unknown[]): BudgetDeniedError | undefined {
  if (typeof value === "string") {
    if (value.includes('"cycles"')) values.push(parsed(value));
    return undefined;
  }
  if (!isAnyObject(value)) return undefined;
  if (isDenial(value)) return value;
  // Our other errors may have a denial as their cause, for example that of a commit after the work.
  if (isCyclesError(value)) return undefined;
  const headers = read(value, "headers") ?? read(value, "responseHeaders");
  const named = errorOf(headers);
  if (isDenial(named)) return named;
  const found = denialIn(value);
  if (found !== undefined) return found;
  if (isList(value)) values.push(...value.slice(0, MAX_VALUES));
  else values.push(...FIELDS.map((field) => read(value, field)));
  return undefined;
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}

function read(value: object, field: string): unknown {
  return safely((): unknown => Reflect.get(value, field));
}

/** What is found in a value, unless a getter or a proxy in it throws. */
function safely<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** The JSON in a text. Some SDKs put a status in front of it. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.slice(text.indexOf("{")));
    return value;
  } catch {
    return undefined;
  }
}
