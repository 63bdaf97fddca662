// Reads values of JSON that may be anything.
import type { JsonObject } from "./dialect.js";

/** The value as an object, or an empty object if it is something else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value has members that `in` can look for. It may be a list, or an object of a class. */
export function isAnyObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The value as a list, or an empty list if it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or undefined if the value is no text or is empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The texts among the values, joined; undefined if there is none. */
export function joined(values: readonly unknown[]): string | undefined {
  return textOf(values.filter((value) => typeof value === "string").join(""));
}

/**
 * A limit of tokens or answers. A value that is no limit, such as −1 for "no limit" with some
 * servers, is undefined.
 */
export function limitOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0
    ? Math.ceil(value)
    : undefined;
}

/**
 * The JSON text of a value; empty if the value is undefined.
 *
 * @throws RangeError if the value is nested too deeply
 */
export function jsonText(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value);
}

/** As {@link jsonText}, but empty if the value is nested too deeply. */
export function jsonTextOrNone(value: unknown): string {
  try {
    return jsonText(value);
  } catch {
    return "";
  }
}

/** The JSON object that a text holds; an empty object if it holds none. */
export function parsed(text: string): JsonObject {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A segment of a path, decoded if it can be. */
export function segmentOf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
