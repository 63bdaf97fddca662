// Prints how long the first reservation of a client takes, and the longest time for which the event loop is blocked in
// the second after that, while the client reads what its journal's folder holds. Both are milliseconds.
//   node first-reserve-probe.mjs url folder
import { monitorEventLoopDelay } from "node:perf_hooks";
import { CyclesClient } from "cycles-client";
import { ACTION, API_KEY, ESTIMATE, TENANT } from "./responses.mjs";

const WATCH_MS = 1_000;

const [, , baseUrl = "", journalDir = ""] = process.argv;
const delay = monitorEventLoopDelay({ resolution: 1 });
const options = { baseUrl, apiKey: API_KEY, subject: { tenant: TENANT }, journalDir };
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const from = performance.now();
const client = new CyclesClient({ ...options, logger });
await client.reserve({ action: ACTION, estimate: ESTIMATE });
const reserveMs = performance.now() - from;
delay.enable();
await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
console.log(JSON.stringify({ reserveMs, blockedMs: delay.max / 1_000_000 }));
process.exit();

function ignore() {
  // Notices would block the event loop, too.
}
