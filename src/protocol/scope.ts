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

/**
 * The ids that every server accepts as a level of a subject. Servers may refuse any other, and the
 * reference server does, because scopes are made of ids, `:` and `/`. (Protocol: Subject, charset.)
 */
const PORTABLE_ID = /^[a-zA-Z0-9_.-]+$/;

/** The rule of {@link isPortableId}, for messages. */
export const PORTABLE_CHARACTERS = 'letters, digits, "_", "." and "-"';

/** Whether every server accepts this id as a level of a subject. */
export function isPortableId(id: string): boolean {
  return PORTABLE_ID.test(id);
}

/** The first character of `id` that a server may refuse. */
export function oddCharacter(id: string): string | undefined {
  if (isPortableId(id)) return undefined;
  for (const character of id) {
    if (!isPortableId(character)) return character;
  }
  return undefined;
}
