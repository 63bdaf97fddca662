import { subjectLevels } from "../generated/constants.js";
import type { components } from "../generated/paths.js";

/** Who or what a spend is for: the scopes that it counts against. (Protocol: Subject.) */
export type Subject = components["schemas"]["Subject"];

/** Fields of a subject that are filled in; `null` takes an inherited field away. */
export type SubjectDefaults = {
  readonly [Field in keyof Subject]?: Subject[Field] | null | undefined;
};

/** `over` laid onto `base`, field by field: its own values win, `null` removes, `undefined` inherits. */
export function mergeSubject(base: SubjectDefaults, over: SubjectDefaults = {}): Subject {
  const merged: Record<string, unknown> = {};
  const inherited = Object.entries(base).filter(
    ([field]) => over[field as keyof SubjectDefaults] === undefined,
  );
  for (const [field, value] of [...inherited, ...Object.entries(over)])
    if (value !== undefined && value !== null) merged[field] = value;
  return merged;
}

/** Whether a filter names at least one level of a subject. */
export function namesLevel(filter: Readonly<Record<string, unknown>>): boolean {
  return subjectLevels.some((level) => filter[level] !== undefined && filter[level] !== "");
}
