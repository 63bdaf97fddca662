import type { EvidenceReason } from "./verification.js";

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMembers;

export interface JsonMembers {
  readonly [name: string]: Json;
}

/** The most characters of a text, and the most characters and values of an object. */
export const MOST_CHARACTERS = 4 * 2 ** 20;

/**
 * How deep objects and arrays may be nested. A request may have 100 levels, and is three levels deep
 * in a record.
 */
export const MOST_LEVELS = 104;

/** What makes a text or an object unfit to be verified. */
export class UnreadableJson extends Error {
  readonly reason: EvidenceReason;

  constructor(reason: EvidenceReason) {
    super(reason.message);
    this.reason = reason;
  }
}

/**
 * Copies a value of JSON, so that a change by the caller during the verification has no effect.
 *
 * @throws {@link UnreadableJson} if the value, or a value within it, is not JSON or exceeds a bound.
 */
export function copyOf(value: unknown): Json {
  try {
    return new Copy().of(value, "", 0);
  } catch (error) {
    if (error instanceof UnreadableJson) throw error;
    // A getter, an iterator or a proxy has thrown.
    throw new UnreadableJson({
      code: "not_json",
      message: "The object has a member that throws when it is read.",
    });
  }
}

class Copy {
  #size = 0;

  of(value: unknown, path: string, level: number): Json {
    this.#count(1);
    switch (typeof value) {
      case "string":
        return this.#text(value, path);
      case "number":
        // Canonical JSON has no negative zero.
        if (Number.isFinite(value)) return value === 0 ? 0 : value;
        break;
      case "boolean":
        return value;
      case "object":
        if (value === null) return null;
        if (level === MOST_LEVELS) throw tooDeep();
        if (Array.isArray(value)) {
          // Array.from also visits holes, which are not JSON.
          return Array.from(value, (item: unknown, index) =>
            this.of(item, `${path}/${index}`, level + 1),
          );
        }
        if (isPlain(value)) return this.#members(value, path, level + 1);
        break;
      default:
    }
    throw new UnreadableJson({
      code: "not_json",
      message: `${path || "The record"} is not a value of JSON.`,
      path,
    });
  }

  #members(value: object, path: string, level: number): JsonMembers {
    const members: Record<string, Json> = {};
    for (const [name, each] of Object.entries(value)) {
      // As in `JSON.stringify`, an undefined member is an absent one.
      if (each === undefined) continue;
      // An assignment would not add a member that is called `__proto__`.
      Object.defineProperty(members, this.#text(name, path), {
        value: this.of(each, stepTo(path, name), level),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return members;
  }

  #text(text: string, path: string): string {
    this.#count(text.length);
    if (!/\p{Surrogate}/u.test(text)) return text;
    throw new UnreadableJson({
      code: "invalid_text",
      message: `${path || "The record"} has text with half a surrogate pair, which has no UTF-8.`,
      path,
    });
  }

  #count(characters: number): void {
    this.#size += characters;
    if (this.#size > MOST_CHARACTERS) throw tooLarge();
  }
}

/** Whether an object has no class, in any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A JSON pointer to a member. */
export function stepTo(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function isObject(value: Json | undefined): value is JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function tooLarge(): UnreadableJson {
  return new UnreadableJson({
    code: "too_large",
    message: `It is larger than ${MOST_CHARACTERS.toLocaleString("en")} characters.`,
  });
}

export function tooDeep(): UnreadableJson {
  return new UnreadableJson({
    code: "too_deep",
    message: `Its objects and arrays are nested more than ${MOST_LEVELS} levels deep.`,
  });
}
