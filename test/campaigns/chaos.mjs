#!/usr/bin/env node
// Guards through faults of network, disk and clock, and through restarts: is every spend in the ledger once?
//   npm run chaos -- [--lifecycles 2000] [--seed 7] [--seeds 1] [--json]
// Twice for each seed: with ample budget, and with budgets that refuse. Exits 1 where a spend is missing or doubled.
import { parseArgs } from "node:util";
import { forgetSettings } from "./support/environment.mjs";
import { whole } from "./support/whole.mjs";
import { campaign } from "./chaos/campaign.mjs";
import { report } from "./chaos/report.mjs";

const { values } = parseArgs({
  options: {
    lifecycles: { type: "string", default: "2000" },
    seed: { type: "string", default: "7" },
    seeds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const lifecycles = whole("--lifecycles", values.lifecycles);
const first = whole("--seed", values.seed);
const seeds = whole("--seeds", values.seeds);

forgetSettings();
const results = [];
for (let seed = first; seed < first + seeds; seed += 1) {
  for (const refusing of [false, true]) {
    const result = await campaign({ seed, lifecycles, refusing });
    results.push(result);
    if (!values.json) console.log(report(result));
    if (result.problems.length > 0 || result.sums.difference !== 0) process.exitCode = 1;
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2));
