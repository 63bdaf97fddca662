import { subjectLevels } from "../../generated/constants.js";
import type { Subject } from "../../generated/paths.js";

/**
 * The scopes of a subject, from the tenant down: `tenant:acme`, `tenant:acme/agent:bot`, … Levels
 * that the subject leaves out are skipped. Scopes are in lower case, as on the reference server.
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
