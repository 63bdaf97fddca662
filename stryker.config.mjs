/**
 * Mutation testing changes the code that decides about money, one expression at a time, and reports the changes that no
 * test notices. `npm run mutation` tests all of that code and takes hours.
 * `npm run mutation -- --mutate 'src/guard/**'` tests one folder, and a path tests one file.
 */

/** For each folder: the test folders that decide whether a mutant survives, and the least score. */
const folders = {
  "src/embedded/ledger/": { tests: ["embedded"], least: 92 },
  "src/guard/": { tests: ["guard", "recovery"], least: 85 },
  "src/protocol/": { tests: ["embedded", "wire"], least: 85 },
  "src/settlement/": { tests: ["settlement", "recovery"], least: 85 },
  "src/wire/": { tests: ["wire"], least: 85 },
};

const all = Object.keys(folders).map((folder) => `${folder}**/*.ts`);
const at = process.argv.indexOf("--mutate");
const mutated = at < 0 ? all.join() : process.argv[at + 1];
const chosen = Object.keys(folders).filter((folder) => mutated.includes(folder));

// vitest.mutation.config.ts reads this in the processes that run the tests.
process.env.MUTATION_TESTS = chosen.flatMap((folder) => folders[folder].tests).join();

export default {
  mutate: all,
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutation.config.ts", related: false },
  plugins: ["@stryker-mutator/vitest-runner"],
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  // A mutant that runs longer counts as noticed, so the limit allows for a busy machine.
  timeoutMS: 20_000,
  concurrency: 2,
  incremental: true,
  incrementalFile: `.cache/mutation/${chosen.join().replaceAll("/", "-")}.json`,
  tempDirName: ".cache/mutation/sandbox",
  ignorePatterns: ["dist", "coverage", ".cache", "docs", "examples"],
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: ".cache/mutation/report.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: {
    high: 95,
    low: 85,
    break: Math.min(...chosen.map((folder) => folders[folder].least)),
  },
};
