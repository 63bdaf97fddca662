#!/usr/bin/env node
// Adds up the reports of the tests, and prints "N passed, N failed".
//   node scripts/ci-summary.mjs <exit code of the tests> .cache/test-report.json …
// A run can fail without a failed test: format, lint, types, coverage, or a test file that does not load. That counts as
// one failure. Exits with 1 if the exit code is 0 but a report is missing or contains a failure.
import { readFileSync } from "node:fs";

const [code = "1", ...paths] = process.argv.slice(2);
const reports = paths.map(countsIn);
const sum = (name) => reports.reduce((total, counts) => total + (counts?.[name] ?? 0), 0);
const passed = sum("numPassedTests");
const failed = sum("numFailedTests");
const succeeded = code === "0";
const proven = failed === 0 && reports.every((counts) => counts?.numPassedTests > 0);

console.log(`${passed} passed, ${succeeded && proven ? 0 : Math.max(failed, 1)} failed`);
process.exitCode = succeeded && !proven ? 1 : 0;

/** `undefined` if there is no such report. */
function countsIn(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
