/** Prints a table of runtimes and cases, then the failures. Returns whether all cases passed. */
export function printTable(columns) {
  const names = columns.find(({ results }) => results.length > 0)?.results.map(({ name }) => name);
  const left = Math.max(0, ...(names ?? []).map(({ length }) => length));
  const cell = (text, { name }) => text.padEnd(name.length + 2);
  console.log(
    `${" ".repeat(left)}  ${columns.map((column) => cell(column.name, column)).join("")}`,
  );
  for (const name of names ?? []) {
    const marks = columns.map((column) => {
      const result = column.results.find((one) => one.name === name);
      return cell(result === undefined ? "-" : result.ok ? "ok" : "FAIL", column);
    });
    console.log(`${name.padEnd(left)}  ${marks.join("")}`);
  }
  const problems = columns.flatMap(({ name, failure, results }) => [
    ...(failure === undefined ? [] : [`${name}: ${failure}`]),
    ...results.filter(({ ok }) => !ok).map((result) => `${name}, ${result.name}: ${result.error}`),
  ]);
  console.log(`\n${columns.map(({ name, version }) => `${name} = ${version}`).join(", ")}`);
  for (const problem of problems) console.log(`\n${problem}`);
  const passed = columns.flatMap(({ results }) => results).filter(({ ok }) => ok).length;
  console.log(`\n${passed} passed, ${problems.length} failed`);
  return problems.length === 0 && passed > 0;
}
