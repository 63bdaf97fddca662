#!/usr/bin/env node
// Compares the client with a bare connection pool and with other clients, in one run.
//   npm run bench [-- --quick] [--json]
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { bundleOf } from "./bench/bundle.mjs";
import { contendersAt, NPM_CLIENT } from "./bench/contenders.mjs";
import { importTimes } from "./bench/imports.mjs";
import { overTls } from "./bench/latency.mjs";
import { measureApart, startServer } from "./bench/processes.mjs";
import { report } from "./bench/report.mjs";
import { inRounds, ratio } from "./bench/rounds.mjs";
import { scaling } from "./bench/scaling.mjs";
import { forgetSettings } from "../test/campaigns/support/environment.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const effort = values.quick
  ? { rounds: 7, runMs: 100, imports: 7 }
  : { rounds: 15, runMs: 350, imports: 15 };

forgetSettings();
const bundle = await bundleOf();
const imports = await importTimes(effort.imports);
const server = await startServer();
const heap = await measureApart("heap-probe.mjs", [server.url, "10000"]);

const { contenders, stop } = await contendersAt(server.url);
const levels = [];
for (const inFlight of [1, 32, 256])
  levels.push({ inFlight, runs: await inRounds(contenders, { inFlight, ...effort }) });
await stop();
const scale = await scaling(server.url, effort);
server.stop();
const distance = await overTls(effort);

const [one, many] = levels.map(({ runs }) => runs);
const result = {
  machine: { cpu: cpus()[0]?.model ?? "", cores: cpus().length, platform: process.platform },
  versions: {
    node: process.versions.node,
    "undici (pooled)": versionOf("undici"),
    "undici (global fetch)": process.versions.undici,
    "openapi-fetch": versionOf("openapi-fetch"),
  },
  left: contenders.some(({ name }) => name === NPM_CLIENT) ? [] : [NPM_CLIENT],
  levels,
  scale,
  distance,
  heap,
  imports,
  bundle,
  ratios: {
    guard_32: ratio(many, "guard", "floor"),
    guard_1: ratio(one, "guard", "floor"),
    run_32: ratio(many, "run", "floor"),
    journal_32: ratio(many, "guard + journal", "floor"),
    journal_1: ratio(one, "guard + journal", "floor"),
    raw_32: ratio(many, "raw", "floor"),
    guard_vs_fetch_32: ratio(many, "guard", "fetch by hand"),
    p99_32: ratio(many, "guard", "floor", "p99"),
    import_ms: imports.client,
    bundle_kb: bundle.gzipped / 1_000,
    guard_heap_kb: heap.bytesPerGuard / 1_000,
    scale_1024: ratio(scale, "1024", "32"),
  },
};
console.log(values.json ? JSON.stringify(result, asObjects, 2) : report(result));
process.exit();

function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

/** Writes maps as objects, and numbers with five significant digits. */
function asObjects(_key, value) {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
