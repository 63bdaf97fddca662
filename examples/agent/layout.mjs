import { styleText } from "node:util";

/** The width of the report, in columns. */
export const COLUMNS = 80;

const usesColour = process.stdout.isTTY && !process.env["NO_COLOR"];

/**
 * @param {"green" | "yellow" | "red" | "bold" | "dim"} style
 * @param {string} text
 */
export function paint(style, text) {
  return usesColour ? styleText(style, text) : text;
}

/**
 * Puts untrusted text on one line, without characters that control the terminal.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").replace(/\p{Cf}/gu, "");
}

/**
 * Makes a text exactly `columns` wide: pads it, or cuts it with an ellipsis.
 * @param {string} text
 * @param {number} columns
 */
export function fit(text, columns) {
  const shown = plain(text);
  if (width(shown) <= columns) return shown + " ".repeat(columns - width(shown));
  const kept = take(shown, columns - 1);
  return `${kept}…${" ".repeat(columns - 1 - width(kept))}`;
}

/**
 * Wraps a text to lines of at most 80 columns, between words.
 * @param {string} text
 * @param {string} [indent]
 * @returns {string}
 */
export function wrap(text, indent = "") {
  const room = COLUMNS - indent.length;
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (let word of plain(text).trim().split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (width(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    while (width(word) > room) {
      const head = take(word, room);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  return [...lines, line].map((each) => indent + each).join("\n");
}

/**
 * A bar of ten columns that shows how much of a budget is spent. It is full only if nothing is
 * left.
 * @param {number} part
 * @param {number} whole
 */
export function bar(part, whole) {
  const filled = whole > 0 ? Math.min(10, Math.max(0, Math.floor((part / whole) * 10))) : 10;
  return "█".repeat(filled) + "░".repeat(10 - filled);
}

/**
 * @param {string} text
 * @param {number} columns
 */
function take(text, columns) {
  let kept = "";
  for (const character of text) {
    if (width(kept) + width(character) > columns) break;
    kept += character;
  }
  return kept;
}

/**
 * The columns that a text takes in a terminal: two for a wide character, none for a combining mark.
 * @param {string} text
 */
function width(text) {
  const wide =
    /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u;
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}
