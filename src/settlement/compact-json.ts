import { endOfString } from "./raw-members.js";

/**
 * Returns a JSON text without white space between its parts, and without the escapes that UTF-8
 * does not need. The values do not change: numbers keep their text, and members keep their order,
 * even if a name occurs twice. Text that `JSON.stringify` has written does not change at all.
 *
 * @param text valid JSON; its syntax is not checked here
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

/** Matches one escaped character. A pair of surrogates is one character. */
const ESCAPES = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\./g;

/** A lone surrogate stays escaped, because UTF-8 cannot encode it. */
function shortest(escaped: string): string {
  const character: unknown = JSON.parse(`"${escaped}"`);
  const written = JSON.stringify(character).slice(1, -1);
  return written.length < escaped.length ? written : escaped;
}
