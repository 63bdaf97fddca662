import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const script = fileURLToPath(new URL("../../scripts/ci-summary.mjs", import.meta.url));
const passing = JSON.stringify({ numPassedTests: 5, numFailedTests: 0 });
const failing = JSON.stringify({ numPassedTests: 3, numFailedTests: 2 });

it.each([
  ["adds up all reports", "0", [passing, passing], "10 passed, 0 failed", 0],
  ["adds up failures", "1", [passing, failing], "8 passed, 2 failed", 0],
  ["counts a failure outside the tests as one", "2", [passing, passing], "10 passed, 1 failed", 0],
  ["reports a failed test if the exit code is 0", "0", [passing, failing], "8 passed, 2 failed", 1],
  [
    "counts a missing report as a failure if the exit code is 0",
    "0",
    [passing, undefined],
    "5 passed, 1 failed",
    1,
  ],
  [
    "counts a report that is not JSON as a failure if the exit code is 0",
    "0",
    [passing, "{"],
    "5 passed, 1 failed",
    1,
  ],
  [
    "counts the existing reports if a later step did not run",
    "1",
    [failing, undefined],
    "3 passed, 2 failed",
    0,
  ],
])("the summary %s", (_, code, reports, summary, status) => {
  const folder = mkdtempSync(join(tmpdir(), "cycles-summary-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const paths = reports.map((report, index) => {
    const path = join(folder, `${index}.json`);
    if (report !== undefined) writeFileSync(path, report);
    return path;
  });
  const run = spawnSync(process.execPath, [script, code, ...paths], { encoding: "utf8" });
  expect([run.stdout.trim(), run.status]).toEqual([summary, status]);
});
