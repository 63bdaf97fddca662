/** The known name that a slip was most likely meant for; `undefined` where none is near. */
export function closest(given: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, slips: slips(given.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.slips - other.slips)[0];
  return near !== undefined && near.slips <= Math.max(2, near.name.length / 3)
    ? near.name
    : undefined;
}

/** `; did you mean "budgets"?`, or what there is to choose from. */
export function suggestion(given: string, known: readonly string[]): string {
  const near = closest(given, known);
  return near === undefined ? `; known are ${known.join(", ")}` : `; did you mean "${near}"?`;
}

/** Letters to add, drop or change until one word is the other. (Levenshtein.) */
function slips(one: string, other: string): number {
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
