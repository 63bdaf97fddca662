import { endOfString } from "./raw-members.js";

/**
 * A JSON text without spaces between its parts, and without the escapes that UTF-8 makes needless. All values stay:
 * numbers keep their text, members their order, also members that stand twice. What `JSON.stringify` has written
 * comes out byte for byte.
 *
 * @param text JSON; it has been parsed before, so that its syntax is known to be right
 */
export function compactJson(text: string): string {
  let compact = "";
  let copied = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charAt(index)) {
      case '"': {
        const end = endOfString(text, index);
        const string = text.slice(index, end);
        if (string.includes("\\")) {
          compact += text.slice(copied, index) + string.replace(ESCAPES, shortest);
          copied = end;
        }
        index = end - 1;
        break;
      }
      case " ":
      case "\t":
      case "\n":
      case "\r":
        compact += text.slice(copied, index);
        copied = index + 1;
        break;
    }
  }
  return compact + text.slice(copied);
}

/** A pair of surrogates is one character; what is escaped in any other way stands alone. */
const ESCAPES = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\./g;

/** Half a pair of surrogates stays escaped, for UTF-8 has no bytes for it. */
function shortest(escape: string): string {
  const character: unknown = JSON.parse(`"${escape}"`);
  const written = JSON.stringify(character).slice(1, -1);
  return written.length < escape.length ? written : escape;
}
