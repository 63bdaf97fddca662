// Writes values of a contract as source text. A contract is untrusted input, so only this file decides how it may
// appear in code.

/** A JSON value as an expression. */
export function literal(value) {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return record(Object.entries(value).map(([name, field]) => [name, literal(field)]));
  }
  return JSON.stringify(value);
}

/** An object literal; the values are expressions. */
export function record(entries) {
  return `{ ${entries.map(([name, expression]) => `${key(name)}: ${expression}`).join(", ")} }`;
}

function key(name) {
  // Without the brackets, this key would set the prototype.
  return name === "__proto__" ? '["__proto__"]' : quoted(name);
}

function quoted(text) {
  // Some tools that read JavaScript do not accept these two characters in a string.
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/**
 * A name that the generated code declares.
 *
 * @throws {Error} if it is not a plain identifier
 */
export function identifier(name, what) {
  if (typeof name === "string" && /^[A-Za-z_$][\w$]*$/.test(name)) return name;
  const shown = name === undefined ? "is missing" : `${JSON.stringify(name)} is not a name`;
  throw new Error(
    `The ${what} ${shown}: use letters, digits, "_" and "$", and begin with no digit`,
  );
}
