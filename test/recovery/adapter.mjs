#!/usr/bin/env node
// Tests scripts/recovery-adapter.mjs. The adapter starts a test run of its own, so these are not unit tests.
//   npm run test:recovery
// Writes the counts to .cache/recovery-report.json for the summary of all tests.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const adapter = fileURLToPath(new URL("../../scripts/recovery-adapter.mjs", import.meta.url));
const report = new URL("../../.cache/recovery-report.json", import.meta.url);
const boundary = { id: "CR-BOUNDARY-001", level: "boundary", name: "", faults: [] };

const checks = [
  {
    name: "runs the tests of a scenario and lists them",
    id: boundary.id,
    input: JSON.stringify(boundary),
    check({ status, result }) {
      const { native_tests, ...rest } = result;
      assert.equal(status, 0);
      assert.deepEqual(rest, { scenario_id: boundary.id, passed: true });
      assert.equal(native_tests.length, 2);
      for (const test of native_tests) {
        assert.match(test, /^test\/recovery\/cr-boundary-001\.test\.ts > ./);
      }
    },
  },
  refuses("an id without tests", {
    id: "CR-DURABLE-999",
    input: '{"id":"CR-DURABLE-999"}',
    message: "No native test",
  }),
  refuses("an id that is a path", {
    id: "../CR-CORE-001",
    input: "{}",
    message: "No native test",
  }),
  refuses("the input of another scenario", {
    id: "CR-CORE-001",
    input: '{"id":"CR-CORE-002"}',
    message: "CR-CORE-002",
  }),
  refuses("empty input", { id: "CR-CORE-001", input: "", message: "Standard input" }),
];

let failed = 0;
for (const { name, id, input, check } of checks) {
  const run = adapt(id, input);
  try {
    check(run);
    console.log(`✓ the recovery adapter ${name}`);
  } catch (error) {
    failed += 1;
    console.error(`✗ the recovery adapter ${name}\n${String(error)}\n${run.stderr}`);
  }
}
await mkdir(new URL(".", report), { recursive: true });
const counts = { numPassedTests: checks.length - failed, numFailedTests: failed };
await writeFile(report, JSON.stringify(counts));
process.exitCode = failed === 0 ? 0 : 1;

/** A check that the adapter runs no test and prints the reason. */
function refuses(what, { id, input, message }) {
  return {
    name: `refuses ${what}`,
    id,
    input,
    check({ status, result, stderr }) {
      assert.equal(status, 2);
      assert.deepEqual(result, { scenario_id: id, passed: false, native_tests: [] });
      assert.ok(stderr.includes(message), `standard error does not contain "${message}"`);
    },
  };
}

function adapt(id, input) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [adapter, id], {
    input,
    encoding: "utf8",
  });
  return { status, result: read(stdout), stderr };
}

/** If the output is not JSON, only this check fails. */
function read(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return { native_tests: [], stdout };
  }
}
