import { checkBaseUrl } from "./base-url.js";
import { CyclesConfigError } from "./errors.js";
import { checkHeaders, lowerCased } from "./protocol/headers.js";

/** The range of numbers that an option accepts, inclusive. */
export interface Limits {
  readonly least?: number;
  readonly most?: number;
}

/** The values that an option accepts, and how to read its environment variable. */
export interface Kind<Value> {
  /** Completes the sentence "… must be". */
  readonly expected: string;
  /** Whether the type of a value fits. */
  readonly fits: (value: unknown) => boolean;
  /** Reads a variable that is not empty; `undefined` stands for the default. */
  readonly parse?: (text: string, name: string) => Value | undefined;
  /** Returns the value in the form that the client uses, or throws if the client cannot use it. */
  check?(value: Value, name: string, limits: Limits): Value;
  /** Whether a value may be a secret. Error messages then show only its type. */
  readonly secret?: true;
}

/** Shorter times are probably meant in seconds, which the Python client's variables use. */
export const SHORTEST_TIME_MS = 50;

export const flag = ofType("boolean", "true or false");

export const callback = ofType("function");

export const text = {
  ...ofType("string"),
  parse: (given: string) => (isBlank(given) ? undefined : given),
} satisfies Kind<string>;

/** A text or a function that returns one. */
export const textOrCallback = {
  expected: "a string or a function",
  fits: (value: unknown) => text.fits(value) || callback.fits(value),
};

/** The key of a tenant, printable ASCII without spaces. */
export const key: Kind<string | undefined> = {
  ...ofType("string"),
  secret: true,
  parse: (given) => given,
  check: (value, name) =>
    /^[\x21-\x7e]+$/.test(value ?? "")
      ? value
      : refuse(
          `${name} has characters that no header can carry ` +
            "(a line break or a space from a copied file?): remove them",
        ),
};

export const url = {
  ...ofType("string"),
  parse: (given: string) => given,
  check: checkBaseUrl,
};

/** A number from `least` to `most`. */
export const number: Kind<number> = {
  ...ofType("number"),
  parse: toNumber,
  check: (value, name, { least = 0, most = Infinity }) =>
    value >= least && value <= most
      ? value
      : refuse(`${name} must be from ${least} to ${most}, not ${value}`),
};

/** A whole number, `least` or more. */
export const count: Kind<number> = {
  ...number,
  check: (value, name, { least = 0 }) =>
    Number.isSafeInteger(value) && value >= least
      ? value
      : refuse(`${name} must be a whole number, ${least} or more, not ${value}`),
};

/** Milliseconds. */
export const time: Kind<number> = {
  ...number,
  parse: (given, name) =>
    // Users of the Python client write five seconds as "5.0".
    given.includes(".") && toNumber(given, name) !== undefined
      ? refuse(
          `${name} is in whole milliseconds; ${JSON.stringify(given)} looks like seconds, ` +
            "which the Python client uses",
        )
      : toNumber(given, name),
  check: (value, name, { least = 0 }) => checkTime(value, name, least),
};

export const record = { expected: "an object of names and values", fits: isRecord };

export const headers: Kind<Readonly<Record<string, string>>> = {
  ...record,
  secret: true,
  check(value) {
    const [problem] = checkHeaders(value);
    return problem
      ? refuse(`${problem.path} ${problem.message}`)
      : Object.freeze(lowerCased(value));
  },
};

/** One of the words, in upper or lower case. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  const find = (value: string, name: string): Word =>
    words.find((word) => word === value.toLowerCase()) ??
    refuse(
      `${name} must be ${words.slice(0, -1).join(", ")} or ${words.slice(-1).join("")}, not ${JSON.stringify(value)}`,
    );
  return { ...text, parse: find, check: find };
}

/** An object that has these methods. */
export function having(...methods: readonly string[]) {
  return {
    expected: `an object with ${methods.join(", ")}`,
    fits: (value: unknown) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === "function"),
  };
}

/** A value of another kind, or `false`. The variable is `true` for the default, or `false`. */
export function orFalse({ expected, fits }: Pick<Kind<unknown>, "expected" | "fits">) {
  return {
    expected: `${expected}, or false`,
    fits: (value: unknown) => value === false || fits(value),
    parse: toFalse,
  };
}

/**
 * Returns a time in whole milliseconds.
 *
 * @param least 0 or {@link SHORTEST_TIME_MS}; 0 means "do not wait"
 * @throws {@link CyclesConfigError} for a time that looks like seconds.
 */
export function checkTime(value: number, name: string, least: number): number {
  if (Number.isSafeInteger(value) && (value >= SHORTEST_TIME_MS || (value === 0 && least === 0)))
    return value;
  const zero = least === 0 ? "0 or " : "";
  const seconds =
    value > 0 && value < SHORTEST_TIME_MS
      ? `; ${value} looks like seconds, which the Python client uses`
      : "";
  return refuse(
    `${name} is in whole milliseconds, ${zero}at least ${SHORTEST_TIME_MS}, not ${value}${seconds}`,
  );
}

/** Whether a value is an object with fields, and not an iterable such as an array or `Headers`. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

export function refuse(message: string): never {
  throw new CyclesConfigError(message);
}

function ofType(type: string, expected = `a ${type}`) {
  return { expected, fits: (value: unknown) => typeof value === type };
}

function isBlank(given: string): boolean {
  return given.trim() === "";
}

function toNumber(given: string, name: string): number | undefined {
  if (isBlank(given)) return undefined;
  const value = Number(given);
  return Number.isNaN(value)
    ? refuse(`${name} must be a number, not ${JSON.stringify(given)}`)
    : value;
}

function toFalse(given: string, name: string): false | undefined {
  switch (given.trim().toLowerCase()) {
    case "":
    case "true":
    case "1":
      return undefined;
    case "false":
    case "0":
      return false;
    default:
      return refuse(`${name} must be true or false, not ${JSON.stringify(given)}`);
  }
}
