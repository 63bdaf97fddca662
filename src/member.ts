/**
 * A member of a value of which nothing is known, such as parsed JSON or a thrown value; `undefined`
 * if there is none.
 *
 * @throws what a getter or a proxy of the value throws
 */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
