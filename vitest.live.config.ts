import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

/** The same tests against the server that CYCLES_BASE_URL names. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [], coverage: {} } },
  defineConfig({ test: { include: ["test/live/**/*.test.ts"], testTimeout: 60_000 } }),
);
