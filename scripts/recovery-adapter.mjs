#!/usr/bin/env node
// Runs the tests of one client recovery scenario in a separate process, and prints one JSON object:
//   node scripts/recovery-adapter.mjs CR-DURABLE-001 < scenario.json
//   { "scenario_id": "CR-DURABLE-001", "passed": true, "native_tests": ["file > name", …] }
// Reads the scenario from standard input: id, level, name, precondition, faults. Writes diagnostics to standard error.
// Exit code 0: passed. 1: not passed. 2: the scenario does not exist, or the input is a different scenario.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [, , id = ""] = process.argv;
const file = `test/recovery/${id.toLowerCase()}.test.ts`;

const problem = await findProblem();
const native_tests = [];
let passed = false;
if (problem === undefined) passed = await run();
else console.error(problem);
console.log(JSON.stringify({ scenario_id: id, passed, native_tests }));
process.exitCode = passed ? 0 : problem === undefined ? 1 : 2;

async function findProblem() {
  if (!/^CR-[A-Z]+-\d{3}$/.test(id) || !existsSync(join(root, file))) {
    return `No native test is bound to ${JSON.stringify(id)}. Pass the id of a scenario, such as CR-CORE-001`;
  }
  const input = await text(process.stdin);
  try {
    const scenario = JSON.parse(input);
    if (scenario.id === id) return undefined;
    return `The scenario on standard input is ${JSON.stringify(scenario.id)}, not ${id}`;
  } catch {
    return "Standard input must be the scenario as JSON: id, level, name, precondition, faults";
  }
}

async function run() {
  // Restart tests run the built package in separate processes.
  const built = inRoot("make", ["--silent", ...asInstalled(), "dist/src/index.js"]);
  if (built.status !== 0) {
    console.error(built.stdout + built.stderr);
    return false;
  }
  const folder = await mkdtemp(join(tmpdir(), "cycles-recovery-"));
  const report = join(folder, "report.json");
  const args = ["vitest", "run", file, "--reporter=json", `--outputFile.json=${report}`];
  const { stdout, stderr } = inRoot("npx", args);
  try {
    return read(JSON.parse(await readFile(report, "utf8")));
  } catch (error) {
    console.error(`${stdout}${stderr}${String(error)}`);
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns options of make that keep the installed packages, because another process may be using them. */
function asInstalled() {
  const stamp = "node_modules/.installed";
  return existsSync(join(root, stamp)) ? [`--old-file=${stamp}`] : [];
}

/** Lists the tests of the report. Returns whether all of them ran and passed. */
function read({ success, testResults }) {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((result) => ({ ...result, file: relative(root, name) })),
  );
  for (const { file: where, fullName, status, failureMessages } of tests) {
    native_tests.push(`${where} > ${fullName}`);
    if (status !== "passed") console.error(`${status}: ${fullName}\n${failureMessages.join("\n")}`);
  }
  return success && tests.length > 0 && tests.every(({ status }) => status === "passed");
}

function inRoot(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: "utf8" });
}
