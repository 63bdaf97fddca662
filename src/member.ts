/**
 * A member of an unknown value, such as parsed JSON or a thrown value; `undefined` if there is
 * none.
 *
 * @throws the error of a getter or a proxy
 */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
