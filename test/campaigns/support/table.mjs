/**
 * Formats rows of a name and a number in aligned columns.
 * @param {string} title
 * @param {Iterable<readonly [string, number | string]>} rows
 */
export function table(title, rows) {
  const list = [...rows].map(([name, value]) => /** @type {const} */ ([name, shown(value)]));
  const names = Math.max(...list.map(([name]) => name.length));
  const values = Math.max(...list.map(([, value]) => value.length));
  const lines = list.map(([name, value]) => `  ${name.padEnd(names)}  ${value.padStart(values)}`);
  return [title, ...lines].join("\n");
}

/** @param {number | string} value */
function shown(value) {
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}
