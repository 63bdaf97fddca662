#!/usr/bin/env node
// Prints "N passed, N failed" from the report of the tests.
//   node scripts/ci-summary.mjs .cache/test-report.json <exit code of make test>
// A run that failed without a failed test (format, lint, types, coverage, a file of tests that does
// not load) counts as one failure. Exits 1 where success was claimed and nothing shows it.
import { readFileSync } from "node:fs";

const [path = "", code = "1"] = process.argv.slice(2);
const { passed, failed } = counts(path);
const succeeded = code === "0";
const proven = passed > 0 && failed === 0;

console.log(`${passed} passed, ${succeeded && proven ? 0 : Math.max(failed, 1)} failed`);
process.exitCode = succeeded && !proven ? 1 : 0;

function counts(path) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
