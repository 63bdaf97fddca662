#!/usr/bin/env node
// Runs thousands of random histories of the ledger and of guards, and the properties of the generator, as property
// tests. `make test` runs a few hundred.
//   npm run properties [-- --histories 3000 --seed 7]
import { parseArgs } from "node:util";
import { runVitest } from "./vitest.mjs";

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "3000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
console.log(`${values.histories} histories, seed ${values.seed}`);
runVitest(
  [
    ...["test/embedded/properties", "test/guard/history"],
    ...["test/validators", "test/generate-names", "test/generate-text", "test/generate-hostile"],
  ],
  { PROPERTY_RUNS: values.histories, PROPERTY_SEED: values.seed },
);
