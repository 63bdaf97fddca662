#!/usr/bin/env node
// Compares the client with a bare connection pool and with other clients, in one run.
//   npm run bench [-- --quick] [--markdown] [--json]
// Compares the client with that of another built clone, in one run.
//   npm run bench -- --against ../parent [--quick] [--json]
import { parseArgs } from "node:util";
import { against } from "./bench/against.mjs";
import { markdown } from "./bench/markdown.mjs";
import { startServer } from "./bench/processes.mjs";
import { report, reportAgainst } from "./bench/report.mjs";
import { measureAll, whereAndWhat } from "./bench/whole.mjs";
import { forgetSettings } from "../test/campaigns/support/environment.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    against: { type: "string" },
  },
});
const effort = values.quick
  ? { rounds: 7, runMs: 100, processes: 1, imports: 7 }
  : { rounds: 15, runMs: 350, processes: 3, imports: 15 };

forgetSettings();
if (values.against === undefined) {
  const result = await measureAll(effort);
  print(result, report(result));
  if (values.markdown) console.log(`\n${markdown(result)}`);
} else {
  const server = await startServer();
  // The differences are small, and there are few contenders.
  const compared = await against(server.url, values.against, {
    ...effort,
    rounds: 2 * effort.rounds,
  });
  server.stop();
  const result = { ...whereAndWhat(), ...compared };
  print(result, reportAgainst(result));
}
process.exit();

function print(result, text) {
  console.log(values.json ? JSON.stringify(result, asObjects, 2) : text);
}

/** Writes maps as objects, and numbers with five significant digits. */
function asObjects(_key, value) {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
