#!/usr/bin/env node
// Hostile answers through facade, guards, heartbeats, journal and raw client: does anything crash, hang or leak?
//   npm run hostile -- [--answers 100000] [--sockets 3000] [--seed 7] [--batch 13] [--json]
// A share of the answers comes over sockets, in real time; the others over a `fetch`, on a clock of the campaign.
// With --batch, only that batch of the seed runs again. Exits 1 when there is a problem.
import { parseArgs } from "node:util";
import { forgetSettings } from "./support/environment.mjs";
import { whole } from "./support/whole.mjs";
import { campaign } from "./hostile/campaign.mjs";
import { report } from "./hostile/report.mjs";

const { values } = parseArgs({
  options: {
    answers: { type: "string", default: "20000" },
    sockets: { type: "string", default: "3000" },
    seed: { type: "string", default: "7" },
    batch: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

forgetSettings();
const result = await campaign({
  seed: whole("--seed", values.seed),
  answers: whole("--answers", values.answers),
  sockets: whole("--sockets", values.sockets),
  batch: values.batch === undefined ? undefined : whole("--batch", values.batch),
});
console.log(values.json ? JSON.stringify(result, null, 2) : report(result));
if (result.problems.length > 0) process.exitCode = 1;
