// Runs the conformance cases of test/runtimes on every runtime, with the packed package, and prints a table of results.
//   node scripts/runtimes.mjs [RUNTIME …]
// A runtime is downloaded when it is first used.
import { rm } from "node:fs/promises";
import { openFixture } from "./runtimes/fixture.mjs";
import { packProject } from "./runtimes/project.mjs";
import { runtimes } from "./runtimes/list.mjs";
import { printTable } from "./runtimes/table.mjs";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in runtimes));
if (unknown.length > 0) {
  console.error(
    `Unknown runtime: ${unknown.join(", ")}. The runtimes are ${Object.keys(runtimes).join(", ")}`,
  );
  process.exit(2);
}

const project = await packProject();
const fixture = await openFixture();
const columns = [];
try {
  for (const name of asked.length > 0 ? asked : Object.keys(runtimes)) {
    process.stderr.write(`${name} …\n`);
    columns.push({ name, ...(await attempt(runtimes[name])) });
  }
} finally {
  await fixture.close();
  await rm(project, { recursive: true, force: true });
}
process.exitCode = printTable(columns) ? 0 : 1;

async function attempt(run) {
  try {
    return await run({ project, fixture: fixture.address });
  } catch (error) {
    return { version: "", results: [], failure: String(error.stderr || error.stack || error) };
  }
}
