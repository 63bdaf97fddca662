/** The known name that is closest to a misspelt name; `undefined` if none is similar. */
export function closest(given: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, edits: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)[0];
  return near !== undefined && near.edits <= Math.max(2, near.name.length / 3)
    ? near.name
    : undefined;
}

/** The end of an error message: `; did you mean "budgets"?`, or a list of the known names. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = closest(given, known);
  return near === undefined ? `; use one of ${known.join(", ")}` : `; did you mean "${near}"?`;
}

/** The Levenshtein distance: how many letters to add, remove or change. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const [diagonal = 0, above = 0] = row.slice(column - 1, column + 1);
      const change = diagonal + (one[index] === other[column - 1] ? 0 : 1);
      next.push(Math.min(change, above + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
