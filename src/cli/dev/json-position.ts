/** A string, a number, a word or a mark of JSON. */
const TOKEN =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[[\]{}:,]/y;
const SPACE = /[ \t\r\n]*/y;

/** The kind of token that may come next. An object or a list may also end before its first item. */
type Expected = "value" | "firstItem" | "name" | "firstName" | "colon" | "end";

/**
 * Returns where a text stops being JSON: the line and the column, from 1, of the first token that
 * is wrong. The error of `JSON.parse` quotes the text instead, which may contain a key.
 */
export function positionOfError(json: string): { readonly line: number; readonly column: number } {
  const before = json.slice(0, offsetOfError(json)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function offsetOfError(json: string): number {
  const open: string[] = [];
  let expected: Expected = "value";
  for (let offset = 0; ;) {
    offset += match(SPACE, json, offset).length;
    const token = match(TOKEN, json, offset);
    const next = afterToken(token, expected, open);
    if (next === undefined) return offset;
    expected = next;
    offset += token.length;
  }
}

function match(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? "";
}

/** What may come after a token; `undefined` if the token is wrong. Changes the open brackets. */
function afterToken(token: string, expected: Expected, open: string[]): Expected | undefined {
  switch (expected) {
    case "firstItem":
      return token === "]" ? closed(token, open) : afterValue(token, open);
    case "value":
      return afterValue(token, open);
    case "firstName":
      return token === "}" ? closed(token, open) : afterName(token);
    case "name":
      return afterName(token);
    case "colon":
      return token === ":" ? "value" : undefined;
    case "end":
      if (token !== ",") return closed(token, open);
      if (open.length === 0) return undefined;
      return open.at(-1) === "{" ? "name" : "value";
    default:
      return expected satisfies never;
  }
}

function afterValue(token: string, open: string[]): Expected | undefined {
  if (token === "{" || token === "[") {
    open.push(token);
    return token === "{" ? "firstName" : "firstItem";
  }
  return /^["\-\dtfn]/.test(token) ? "end" : undefined;
}

function afterName(token: string): Expected | undefined {
  return token.startsWith('"') ? "colon" : undefined;
}

function closed(token: string, open: string[]): Expected | undefined {
  const isMatching =
    (token === "}" || token === "]") && open.at(-1) === (token === "}" ? "{" : "[");
  if (!isMatching) return undefined;
  open.pop();
  return "end";
}
