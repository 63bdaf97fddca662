import {
  copyOf,
  type Json,
  MOST_CHARACTERS,
  MOST_LEVELS,
  stepTo,
  tooDeep,
  tooLarge,
  Unreadable,
} from "./json-value.js";
import { isExact } from "./number-text.js";

/**
 * Reads JSON, and refuses text of which `JSON.parse` would hide something: it keeps only the last of
 * two members with one name, and rounds numbers that a double cannot hold.
 *
 * @throws {@link Unreadable}
 */
export function readText(text: string): Json {
  if (text.length > MOST_CHARACTERS) throw tooLarge();
  const value = parse(text);
  new Scan(text).value("", 0);
  return copyOf(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable({
      code: "not_json",
      message: `The text is not JSON: ${error instanceof Error ? error.message : "unknown error"}.`,
    });
  }
}

/** Walks over text that `JSON.parse` accepts, so it needs to find only where values begin and end. */
class Scan {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: string, level: number): void {
    const first = this.#next();
    if (level === MOST_LEVELS && (first === "{" || first === "[")) throw tooDeep();
    switch (first) {
      case "{":
        this.#members(path, level);
        break;
      case "[":
        this.#items(path, level);
        break;
      case '"':
        this.#string();
        break;
      default:
        this.#literal(path);
    }
  }

  #members(path: string, level: number): void {
    const names = new Set<string>();
    this.#at += 1;
    while (this.#next() !== "}") {
      // Two spellings of a name, such as "a" and "\u0061", are one name.
      const name = String(JSON.parse(this.#string()));
      const member = stepTo(path, name);
      if (names.has(name)) {
        throw new Unreadable({
          code: "duplicate_member",
          message: `The member ${member} occurs twice, so that readers may disagree on its value.`,
          path: member,
        });
      }
      names.add(name);
      this.#skip(":");
      this.value(member, level + 1);
      this.#skip(",");
    }
    this.#at += 1;
  }

  #items(path: string, level: number): void {
    this.#at += 1;
    for (let index = 0; this.#next() !== "]"; index += 1) {
      this.value(`${path}/${index}`, level + 1);
      this.#skip(",");
    }
    this.#at += 1;
  }

  /** Steps over a string, and returns it with its quotes and escapes. */
  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  /** Steps over a number, `true`, `false` or `null`. */
  #literal(path: string): void {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text.charAt(this.#at))) {
      this.#at += 1;
    }
    const literal = this.#text.slice(start, this.#at);
    if (/[tfn]/.test(literal) || isExact(literal)) return;
    throw new Unreadable({
      code: "inexact_number",
      message: `${path || "The text"} is a number that a double cannot hold exactly.`,
      path,
    });
  }

  /** The first character of what comes next. */
  #next(): string {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #skip(separator: string): void {
    if (this.#next() === separator) this.#at += 1;
  }
}
