// Runs the conformance cases of test/runtimes with the packed package on every runtime, and prints who does what.
// `node scripts/runtimes.mjs [RUNTIME …]`; the runtimes are fetched when they are first asked for.
import { rm } from "node:fs/promises";
import { openPlace } from "./runtimes/place.mjs";
import { packProject } from "./runtimes/project.mjs";
import { runtimes } from "./runtimes/list.mjs";
import { printTable } from "./runtimes/table.mjs";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in runtimes));
if (unknown.length > 0) {
  console.error(`No runtime ${unknown.join(", ")}; there are ${Object.keys(runtimes).join(", ")}`);
  process.exit(2);
}

const project = await packProject();
const place = await openPlace();
const columns = [];
try {
  for (const name of asked.length > 0 ? asked : Object.keys(runtimes)) {
    process.stderr.write(`${name} …\n`);
    columns.push({ name, ...(await attempt(runtimes[name])) });
  }
} finally {
  await place.close();
  await rm(project, { recursive: true, force: true });
}
process.exitCode = printTable(columns) ? 0 : 1;

async function attempt(run) {
  try {
    return await run({ project, place: place.address });
  } catch (error) {
    return { version: "", results: [], failure: String(error.stderr || error.stack || error) };
  }
}
