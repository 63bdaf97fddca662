#!/usr/bin/env node
// Runs guards while network, disk and clock fail and processes restart. Every known spend must be in the ledger once,
// or set aside.
//   npm run chaos -- [--lifecycles 2000] [--seed 7] [--seeds 1] [--json]
// Each seed runs three times: with ample budget, with budgets that refuse, and with a log on a disk that fails. The exit code is 1 if a spend is missing or
// recorded twice.
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

const WORLDS = [
  { refusing: false, log: false },
  { refusing: true, log: false },
  { refusing: false, log: true },
];

forgetSettings();
const results = [];
for (let seed = first; seed < first + seeds; seed += 1) {
  for (const { refusing, log } of WORLDS) {
    const result = await campaign({ seed, lifecycles, refusing, log });
    results.push(result);
    if (!values.json) console.log(report(result));
    if (result.problems.length > 0 || result.sums.difference !== 0) process.exitCode = 1;
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2));
