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
