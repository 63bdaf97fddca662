import { subjectLevels } from "../../generated/constants.js";
import type { Subject } from "../../generated/paths.js";
import { member } from "../member.js";

export type { Subject };

/**
 * The fields of a subject; defaults fill in the others. `null` removes an inherited field. A level
 * that is `undefined` or blank, for example from an unset variable, is inherited.
 */
export type SubjectDefaults = {
  readonly [Field in keyof Subject]?: Subject[Field] | null | undefined;
};

/**
 * `base` with the fields of `over`. `null` removes a field; `undefined` and blank levels keep it.
 */
export function mergeSubject(base: SubjectDefaults, over: SubjectDefaults = {}): Subject {
  const own = Object.entries(over).filter(isGiven);
  const inherited = Object.entries(base).filter(
    (entry) => isGiven(entry) && !own.some(([field]) => field === entry[0]),
  );
  return Object.fromEntries([...inherited, ...own].filter(([, value]) => value !== null));
}

/** Whether a value has the levels of a subject. Its dimensions are not checked. */
export function isSubject(value: unknown): value is Subject {
  return (
    typeof value === "object" &&
    value !== null &&
    subjectLevels.every((level) => {
      const name = member(value, level);
      return name === undefined || typeof name === "string";
    })
  );
}

const LEVELS: readonly string[] = subjectLevels;

function isGiven([field, value]: [string, unknown]): boolean {
  if (typeof value === "string" && LEVELS.includes(field)) return value.trim() !== "";
  return value !== undefined;
}

/** Whether a filter names at least one level of a subject. */
export function namesLevel(filter: Readonly<Record<string, unknown>>): boolean {
  return subjectLevels.some((level) => filter[level] !== undefined && filter[level] !== "");
}
