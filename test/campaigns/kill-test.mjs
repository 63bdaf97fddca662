#!/usr/bin/env node
// Kills processes that spend, at random points, and restarts them: is every known spend in the ledger, once?
//   npm run kill-test -- [--kills 300] [--seed 7] [--json]
// The seed fixes what the processes do and how long each lives, not how the system schedules them. Exits 1 where a
// spend is missing or doubled, or something is left behind.
import { parseArgs } from "node:util";
import { forgetSettings } from "./support/environment.mjs";
import { whole } from "./support/whole.mjs";
import { killCampaign } from "./kill-test/campaign.mjs";
import { report } from "./kill-test/report.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
  },
});

forgetSettings();
const result = await killCampaign({
  kills: whole("--kills", values.kills),
  seed: whole("--seed", values.seed),
});
console.log(values.json ? JSON.stringify(result, null, 2) : report(result));
if (result.problems.length > 0) process.exitCode = 1;
