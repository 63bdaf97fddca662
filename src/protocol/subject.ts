import { subjectLevels } from "../../generated/constants.js";
import type { Subject } from "../../generated/paths.js";

export type { Subject };

/**
 * Fields of a subject that are filled in. `null` removes an inherited field; a level that is `undefined` or blank, as
 * an unset variable leaves it, is inherited.
 */
export type SubjectDefaults = {
  readonly [Field in keyof Subject]?: Subject[Field] | null | undefined;
};

/** `over` laid onto `base`, field by field: its own values win, `null` removes, `undefined` and blank inherit. */
export function mergeSubject(base: SubjectDefaults, over: SubjectDefaults = {}): Subject {
  const own = Object.entries(over).filter(isGiven);
  const inherited = Object.entries(base).filter(
    (entry) => isGiven(entry) && !own.some(([field]) => field === entry[0]),
  );
  return Object.fromEntries([...inherited, ...own].filter(([, value]) => value !== null));
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
