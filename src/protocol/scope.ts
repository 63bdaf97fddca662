import { subjectLevels } from "../../generated/constants.js";
import type { components } from "../../generated/paths.js";

type Subject = components["schemas"]["Subject"];

/**
 * The scopes that a subject stands in, from the tenant down: `tenant:acme`, `tenant:acme/agent:bot`, …
 * Levels that the subject leaves out are skipped, and all is lower case, as the reference server has it.
 * (Protocol: scope derivation.)
 */
export function scopesOf(subject: Subject): string[] {
  const scopes: string[] = [];
  let path = "";
  for (const level of subjectLevels) {
    const value = subject[level];
    if (value === undefined || value === "") continue;
    path = `${path}${path && "/"}${level}:${value.toLowerCase()}`;
    scopes.push(path);
  }
  return scopes;
}
