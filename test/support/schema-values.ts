import fc from "fast-check";

/** The keywords that the contract uses. */
export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Finds the schema that a `$ref` names, and the document that it is in. */
export type Resolve = ($ref: string, base: string) => readonly [schema: Schema, base: string];

/** Values that fit few rules of a contract, or none. */
export const JUNK = fc.constantFrom(
  ...[null, true, "", "text", 0, -1, 1.5, 2 ** 53, NaN, Infinity, {}, [], [[]], undefined],
);

/** Values that a schema accepts, at their limits and within. */
export function validValues(schema: Schema, base: string, resolve: Resolve): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return validValues(...resolve(schema.$ref, base), resolve);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (typeof schema.type === "object")
    return fc.oneof(...schema.type.map((type) => validValues({ ...schema, type }, base, resolve)));
  switch (schema.type) {
    case "object":
      return validObjects(schema, base, resolve);
    case "array":
      return fc.array(validValues(schema.items ?? {}, base, resolve), {
        maxLength: Math.min(schema.maxItems ?? 2, 3),
      });
    case "integer":
      return validIntegers(schema);
    case "string":
      return validTexts(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.constantFrom({}, "any", 1);
  }
}

function validObjects(schema: Schema, base: string, resolve: Resolve): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], anyOf = [{}], additionalProperties: open } = schema;
  const fields = Object.entries(properties).map(
    ([name, field]) => [name, validValues(field, base, resolve)] as const,
  );
  const further =
    open === undefined || open === false
      ? fc.constant({})
      : fc.dictionary(
          fc.constantFrom("x", "a/b", "~", "Own", "toString"),
          validValues(open === true ? {} : open, base, resolve),
          { maxKeys: Math.min(schema.maxProperties ?? 2, 2) },
        );
  const known = fc.constantFrom(...anyOf).chain((choice) =>
    fc.record(Object.fromEntries(fields), {
      requiredKeys: [...new Set([...required, ...(choice.required ?? [])])],
    }),
  );
  return fc.tuple(further, known).map(([more, made]) => ({ ...more, ...made }));
}

function validIntegers({ minimum = -5, maximum = 5 }: Schema): fc.Arbitrary<number> {
  return fc.constantFrom(minimum, maximum, Math.min(Math.max(1, minimum), maximum));
}

function validTexts({ pattern, format, minLength = 0, maxLength = 3 }: Schema) {
  if (format === "date-time")
    return fc.constantFrom("2026-11-24T10:00:00Z", "2026-11-24t10:00:60.5+23:59");
  if (pattern !== undefined) {
    const digits = /^\^\[0-9a-f\]\{(\d+)\}\$$/.exec(pattern)?.[1];
    if (digits === undefined) throw new Error(`This file makes no text for the pattern ${pattern}`);
    return fc.constantFrom("0", "9", "a", "f").map((digit) => digit.repeat(Number(digits)));
  }
  // A length counts characters, of which some are two units long.
  return fc
    .tuple(
      fc.constantFrom("a", "🪙"),
      fc.constantFrom(minLength, Math.min(3, maxLength), maxLength),
    )
    .map(([character, length]) => character.repeat(length));
}

type Place = readonly string[];
type Change = (value: unknown) => unknown;

/** A value with one change: a member is removed or added, a type differs, or a limit is exceeded. */
export function changed(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...placesIn(value)), CHANGES)
    .map(([place, change]) => changedAt(value, place, change));
}

const CHANGES: fc.Arbitrary<Change> = fc.oneof(
  JUNK.map(
    (junk): Change =>
      () =>
        junk,
  ),
  fc.constantFrom<Change[]>(
    (value) => (isObject(value) ? { ...value, unknown: 1 } : undefined),
    (value) => (typeof value === "string" ? `${value}${"🪙".repeat(300)}` : [value]),
    (value) => (typeof value === "number" ? value + 2 ** 53 : typeof value),
    (value) => (Array.isArray(value) ? [...value, ...Array<number>(12).fill(1)] : null),
    (value) => (isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : 1.5),
  ),
);

function placesIn(value: unknown, place: Place = []): Place[] {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [place, ...members.flatMap(([name, member]) => placesIn(member, [...place, name]))];
}

function changedAt(value: unknown, [name, ...rest]: Place, change: Change): unknown {
  if (name === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, index) =>
      String(index) === name ? changedAt(item, rest, change) : (item as unknown),
    );
  if (!isObject(value)) return value;
  return { ...value, [name]: changedAt(value[name], rest, change) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
