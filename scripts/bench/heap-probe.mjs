// Prints how much heap open guards use, and how much CPU time they use while they are idle.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CyclesClient } from "cycles-client";
import { ACTION, API_KEY, ESTIMATE, RESERVED, TENANT } from "./responses.mjs";

const [, , url = "", count = ""] = process.argv;
const GUARDS = Number(count);
const IDLE_MS = 3_000;

// With the flag on the command line, Node would compile its own code again at each start.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const client = new CyclesClient({
  baseUrl: url,
  apiKey: API_KEY,
  subject: { tenant: TENANT },
  journal: false,
});
await open(1_000);
const before = heap();
const guards = await open(GUARDS);
const held = heap() - before;

const text = RESERVED.toString();
const bodiesFrom = heap();
const bodies = Array.from({ length: GUARDS }, () => JSON.parse(text));
const inBodies = heap() - bodiesFrom;

const cpuBefore = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
const { user, system } = process.cpuUsage(cpuBefore);

console.log(
  JSON.stringify({
    guards: guards.length,
    bytesPerGuard: (held - inBodies) / GUARDS,
    bytesPerBody: inBodies / bodies.length,
    idleCpuShare: (user + system) / 1_000 / IDLE_MS,
  }),
);
process.exit();

async function open(many) {
  const opened = [];
  const work = async () => {
    while (opened.length < many)
      opened.push(await client.reserve({ action: ACTION, estimate: ESTIMATE }));
  };
  await Promise.all(Array.from({ length: 32 }, work));
  return opened;
}

function heap() {
  // Objects with finalizers are freed by a later collection.
  for (let time = 0; time < 3; time += 1) collect();
  return process.memoryUsage().heapUsed;
}
