import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

/** What the mutants of `npm run mutation` have to survive: the tests that start no process and need no build. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [], coverage: {}, reporters: [] } },
  defineConfig({
    test: {
      include: ["test/{embedded,guard,settlement,wire}/**/*.test.ts", "test/recovery/cr-*.test.ts"],
      exclude: [
        "test/settlement/process.test.ts",
        "test/wire/api-promise.test.ts",
        "test/recovery/cr-durable-001.test.ts",
        "test/recovery/cr-durable-006.test.ts",
      ],
    },
  }),
);
