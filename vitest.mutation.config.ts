import { env } from "node:process";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

const folders = (env["MUTATION_TESTS"] ?? "").split(",");

/**
 * The tests of `npm run mutation`. Excluded are tests that start processes, because those run the built code without
 * the mutant, and tests that would take hours.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [], coverage: {}, reporters: [] } },
  defineConfig({
    test: {
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      exclude: [
        "test/embedded/properties/**",
        "test/embedded/{live,race}.test.ts",
        "test/guard/history.property.test.ts",
        "test/recovery/{cr-durable-001,cr-durable-006}.test.ts",
        "test/settlement/process.test.ts",
        "test/wire/{api-promise,hostile}.test.ts",
      ],
    },
  }),
);
