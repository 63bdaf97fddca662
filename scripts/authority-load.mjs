#!/usr/bin/env node
// Measures how many reserve+commit pairs the embedded authority handles, in process and over HTTP, and whether its
// memory stays flat once it forgets ended reservations.
//   npm run authority-load [-- --pairs 150000]
// Exits with 1 if the memory grows.
import { parseArgs } from "node:util";
import { memory } from "./authority-load/memory.mjs";
import { overHttp } from "./authority-load/over-http.mjs";
import {
  checkSpent,
  createAuthority,
  headersFor,
  reserveAndCommit,
} from "./authority-load/work.mjs";

/** By how many MB the memory may vary between two collections without a leak. */
const TOLERANCE = { heap: 4, rss: 24 };

/** With fewer pairs, the retained reservations accumulate during the whole run. */
const LEAST_PAIRS = 50_000;

const { values } = parseArgs({ options: { pairs: { type: "string", default: "150000" } } });
const pairs = Number(values.pairs);
/** @type {Record<string, import("./authority-load/memory.mjs").Memory[]>} */
const samples = { "in process": [], "over HTTP": [] };

console.log(`${pairs} reserve+commit pairs each`);
const direct = await inProcess((sample) => samples["in process"].push(sample));
console.log(`in process, through authority.fetch: ${Math.round(direct)} pairs/s`);
const served = await overHttp("authority", pairs, (sample) => samples["over HTTP"].push(sample));
console.log(`over HTTP, 32 in flight: ${Math.round(served)} pairs/s`);
const floor = await overHttp("nothing", Math.ceil(pairs / 5));
console.log(`the same with a server that does nothing: ${Math.round(floor)} pairs/s`);

const leaks = Object.entries(samples).flatMap(([where, each]) => [
  ...growth(where, "heap", each),
  ...growth(where, "rss", each),
]);
if (pairs < LEAST_PAIRS)
  console.log(`Only ${LEAST_PAIRS} pairs or more show whether the memory grows.`);
else if (leaks.length === 0) console.log("The memory is flat.");
else {
  console.log(leaks.join("\n"));
  process.exitCode = 1;
}

async function inProcess(sample) {
  const authority = createAuthority();
  const headers = headersFor(authority.apiKey("acme"));
  const post = async (path, body) => {
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await authority.fetch(`http://authority${path}`, init);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  };
  let milliseconds = 0;
  for (let pair = 1; pair <= pairs;) {
    const end = Math.min(pairs, pair + Math.ceil(pairs / 10) - 1);
    const startedAt = performance.now();
    for (; pair <= end; pair += 1) await reserveAndCommit(post, pair);
    milliseconds += performance.now() - startedAt;
    sample(memory());
  }
  checkSpent(authority.balances("tenant:acme")[0], pairs);
  return (pairs / milliseconds) * 1_000;
}

/** Compares with the fifth sample: until then, the retained reservations and V8's heap still grow. */
function growth(where, name, each) {
  const sizes = each.map((sample) => sample[name]);
  console.log(
    `${name} ${where}, after each tenth: ${sizes.map((mb) => mb.toFixed(0)).join(" ")} MB`,
  );
  const grown = sizes.at(-1) - sizes[4];
  return grown < TOLERANCE[name] ? [] : [`The ${name} ${where} grows by ${grown.toFixed(1)} MB.`];
}
