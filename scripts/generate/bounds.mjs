// How large a contract may be. Because of YAML aliases, a small file can stand for a value of any size, so values are
// measured with all aliases written out.

export const BOUNDS = {
  /** The size of one file. */
  bytes: 4 * 1024 * 1024,
  files: 1_000,
  /** Objects, arrays and scalars, in the whole document and in one file. */
  values: 200_000,
  /** Characters in their strings and names. */
  characters: 8 * 1024 * 1024,
  /** Levels of nesting. */
  depth: 100,
};

/**
 * Measures a value with all its aliases written out. Reads each value in memory only once.
 *
 * @throws {Error} if the value is over a bound
 */
export function measure(document) {
  const known = new Map();
  const open = new Set();
  const visit = (value, depth) => {
    if (typeof value === "string") return { values: 1, characters: value.length, height: 1 };
    if (typeof value !== "object" || value === null) return { values: 1, characters: 0, height: 1 };
    if (open.has(value)) throw new Error("a part of the document contains itself");
    const size = known.get(value) ?? { values: 1, characters: 0, height: 1 };
    if (depth + size.height > BOUNDS.depth) throw over(BOUNDS.depth, "levels");
    if (known.has(value)) return size;
    open.add(value);
    for (const [name, member] of Object.entries(value)) {
      const part = visit(member, depth + 1);
      size.values += part.values;
      size.characters += part.characters + name.length;
      size.height = Math.max(size.height, part.height + 1);
    }
    if (size.values > BOUNDS.values) throw over(BOUNDS.values, "values");
    if (size.characters > BOUNDS.characters) throw over(BOUNDS.characters, "characters");
    open.delete(value);
    known.set(value, size);
    return size;
  };
  visit(document, 0);
}

function over(bound, unit) {
  return new Error(
    `the document has more than ${bound} ${unit} with every alias written out, so it is refused`,
  );
}
