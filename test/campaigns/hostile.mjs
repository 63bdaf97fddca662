#!/usr/bin/env node
// Sends hostile responses to the facade, guards, heartbeats, recovery and the raw client. Nothing may crash, hang or
// reveal a secret, and no commit may be reported that the server did not accept.
//   npm run hostile -- [--responses 100000] [--sockets 3000] [--seed 7] [--batch 13] [--json]
// --sockets sets how many of the responses are sent over sockets, in real time. A custom `fetch` returns the others, on
// a simulated clock. --batch runs one batch of the seed again. The exit code is 1 if there is a problem.
import { parseArgs } from "node:util";
import { forgetSettings } from "./support/environment.mjs";
import { whole } from "./support/whole.mjs";
import { campaign } from "./hostile/campaign.mjs";
import { report } from "./hostile/report.mjs";

const { values } = parseArgs({
  options: {
    responses: { type: "string" },
    // The earlier name of --responses.
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
  responses: whole("--responses", values.responses ?? values.answers),
  sockets: whole("--sockets", values.sockets),
  batch: values.batch === undefined ? undefined : whole("--batch", values.batch),
});
console.log(values.json ? JSON.stringify(result, null, 2) : report(result));
if (result.problems.length > 0) process.exitCode = 1;
