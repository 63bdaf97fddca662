#!/usr/bin/env node
// Sends thousands of random streams through a metered fetch, and compares the price of every model for many random
// usages with exact products. `make test` runs a few hundred streams, and 20 usages for each price.
//   npm run metering [-- --streams 10000 --usages 1000]
import { parseArgs } from "node:util";
import { runVitest } from "./vitest.mjs";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "10000" },
    usages: { type: "string", default: "1000" },
  },
});
console.log(`${values.streams} streams, ${values.usages} usages for each price`);
runVitest(["--testTimeout=3600000", "test/llm/random-streams", "test/prices/table"], {
  RANDOM_STREAMS: values.streams,
  PRICE_USAGES: values.usages,
});
