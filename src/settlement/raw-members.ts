/**
 * The members of a JSON object as the text has them, by name. What is parsed and written again may come out
 * otherwise (`1.0` as `1`, large integers rounded), and a repeated request must not.
 *
 * @param text a JSON object; it has been parsed before, so that its syntax is known to be right
 */
export function rawMembers(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let at = text.indexOf("{") + 1;
  for (;;) {
    const nameAt = text.indexOf('"', at);
    if (nameAt < 0) return members;
    const nameEnd = endOfString(text, nameAt);
    const valueAt = skipSpace(text, text.indexOf(":", nameEnd) + 1);
    at = endOfValue(text, valueAt);
    const name: unknown = JSON.parse(text.slice(nameAt, nameEnd));
    members.set(String(name), text.slice(valueAt, at));
  }
}

/** The place after the string that starts at `at`. */
export function endOfString(text: string, at: number): number {
  for (let index = at + 1; ; index += 1) {
    const character = text.charAt(index);
    if (character === '"') return index + 1;
    if (character === "\\") index += 1;
  }
}

function skipSpace(text: string, at: number): number {
  while (isSpace(text.charAt(at))) at += 1;
  return at;
}

/** The place after the value that starts at `at`. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let end = at;
  for (let index = at; ; index += 1) {
    const character = text.charAt(index);
    switch (character) {
      case '"':
        index = endOfString(text, index) - 1;
        if (depth === 0) return index + 1;
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        // The object's own brace ends a number or a word.
        if (depth === 0) return end;
        depth -= 1;
        if (depth === 0) return index + 1;
        break;
      case ",":
        if (depth === 0) return end;
        break;
    }
    if (!isSpace(character)) end = index + 1;
  }
}

function isSpace(character: string): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}
