import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests see src, not a stale dist.
    alias: [
      { find: /^cycles-client$/, replacement: file("./src/index.ts") },
      { find: "#transport", replacement: file("./src/wire/transport/pooled.ts") },
      { find: "#journal", replacement: file("./src/settlement/journal/logged-journal.ts") },
      { find: /^cycles-client\/embedded$/, replacement: file("./src/embedded/index.ts") },
      { find: /^cycles-client\/llm$/, replacement: file("./src/llm/index.ts") },
      { find: /^cycles-client\/prices$/, replacement: file("./src/prices/index.ts") },
      { find: /^cycles-client\/ai$/, replacement: file("./src/ai/index.ts") },
      { find: /^cycles-client\/tools$/, replacement: file("./src/tools/index.ts") },
      { find: /^cycles-client\/otel$/, replacement: file("./src/otel/index.ts") },
      { find: /^cycles-client\/evidence$/, replacement: file("./src/evidence/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/live/**"],
    setupFiles: ["test/support/strict-responses.ts"],
    pool: "forks",
    // By default, Vitest leaves one core idle, which on a machine of two doubles the time.
    maxWorkers: "100%",
    // No test touches the user's home: those that want a journal say where.
    env: { CYCLES_JOURNAL_ENABLED: "false" },
    // Only for tests that hang: a slow machine must not fail one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "json"],
    outputFile: { json: ".cache/test-report.json" },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text"],
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
