/** What a terminal would obey, or would not show, beside what `JSON.stringify` escapes by itself. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON with the same values as `JSON.stringify` writes, and every control and bidi character escaped. */
export function safeJson(value: object, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");
}
