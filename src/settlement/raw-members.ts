/**
 * Returns the members of a JSON object by name, with their values exactly as written in the text.
 *
 * A repeated request must have the same bytes. Parsing a value and writing it again can change it:
 * `1.0` becomes `1`, and large integers are rounded.
 *
 * @param text a valid JSON object; its syntax is not checked here
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

/** Returns the index after the string that starts at `at`. */
export function endOfString(text: string, at: number): number {
  for (let index = at + 1; ; index += 1) {
    const character = text.charAt(index);
    if (character === '"') return index + 1;
    if (character === "\\") index += 1;
  }
}

function skipSpace(text: string, at: number): number {
  let index = at;
  while (isSpace(text.charAt(index))) index += 1;
  return index;
}

/** Returns the index after the value that starts at `at`. */
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
        // At depth 0, this is the brace of the object itself: it ends a number or a literal.
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
