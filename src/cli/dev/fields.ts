import { suggestion } from "../../closest.js";
import { UsageError } from "../terminal.js";

/** Reads a value, or throws a {@link UsageError} whose message begins with `where`. */
export type Reader<Value> = (where: string, value: unknown) => Value;

/** A reader for each field of a shape. */
export type Readers<Shape> = {
  readonly [Name in keyof Shape]-?: Reader<Exclude<Shape[Name], undefined>>;
};

/**
 * Reads the fields that are present. The error for an unknown name suggests the closest known one.
 */
export function fields<Shape extends object>(
  where: string,
  value: unknown,
  readers: Readers<Shape>,
): Partial<Shape> {
  const given = new Map(Object.entries(record(where, value)));
  for (const name of given.keys()) {
    if (!Object.hasOwn(readers, name)) {
      const hint = suggestion(name, Object.keys(readers));
      const shown = /^\w{1,24}$/.test(name) && !name.startsWith("cyc_") ? `"${name}"` : "a name";
      throw new UsageError(`${where}: ${shown} is not an option${hint}`);
    }
  }
  const found: Partial<Shape> = {};
  for (const name in readers) {
    if (given.has(name)) found[name] = readers[name](`${where}: ${name}`, given.get(name));
  }
  return found;
}

export const record: Reader<object> = (where, value) => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${where} must be an object, not ${kindOf(value)}`);
};

/** Reads an object with any names, and each value with the same reader. */
export function recordOf<Value>(read: Reader<Value>): Reader<Record<string, Value>> {
  return (where, value) =>
    Object.fromEntries(
      Object.entries(record(where, value)).map(([name, each]) => [
        name,
        read(`${where}[${JSON.stringify(name)}]`, each),
      ]),
    );
}

/** Reads a list, and each value with the same reader. */
export function listOf<Value>(read: Reader<Value>): Reader<Value[]> {
  return (where, value) => {
    if (!Array.isArray(value))
      throw new UsageError(`${where} must be a list, not ${kindOf(value)}`);
    return value.map((each: unknown, index) => read(`${where}[${index}]`, each));
  };
}

export const text: Reader<string> = (where, value) => {
  if (typeof value === "string") return value;
  throw new UsageError(`${where} must be text, not ${kindOf(value)}`);
};

export const number: Reader<number> = (where, value) => {
  if (typeof value === "number") return value;
  throw new UsageError(`${where} must be a number, not ${kindOf(value)}`);
};

export const flag: Reader<boolean> = (where, value) => {
  if (typeof value === "boolean") return value;
  throw new UsageError(`${where} must be true or false, not ${kindOf(value)}`);
};

/** Reads one of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): Reader<Word> {
  return (where, value) => {
    const word = words.find((known) => known === value);
    if (word !== undefined) return word;
    throw new UsageError(`${where} must be one of ${words.join(", ")}`);
  };
}

/** Names the kind of a value, not the value, because it may be a key in the wrong place. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return typeof value;
  }
}
