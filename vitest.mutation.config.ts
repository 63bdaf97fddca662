import { env } from "node:process";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

const folders = (env["MUTATION_TESTS"] ?? "").split(",");

/** What `npm run mutation` tests with. Tests that start processes would see no mutant, and slow ones take hours. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [], coverage: {}, reporters: [] } },
  defineConfig({
    test: {
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      exclude: [
        "test/embedded/properties/**",
        "test/embedded/{live,race}.test.ts",
        "test/guard/history.property.test.ts",
        "test/recovery/{adapter,cr-durable-001,cr-durable-006}.test.ts",
        "test/settlement/process.test.ts",
        "test/wire/{api-promise,hostile}.test.ts",
      ],
    },
  }),
);
