#!/usr/bin/env node
// Kills processes at random points while they spend, and restarts them. Every known spend must be in the ledger once.
//   npm run kill-test -- [--kills 300] [--seed 7] [--json]
// The seed determines what the processes do and how long each one lives, but not how the system schedules them. The
// exit code is 1 if a spend is missing or recorded twice, or if a reservation or a journal file is left.
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
