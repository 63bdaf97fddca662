import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { bundleOf } from "./bundle.mjs";
import { contendersAt } from "./contenders.mjs";
import { firstReserves } from "./first-reserve.mjs";
import { importTimes } from "./imports.mjs";
import { overTls } from "./latency.mjs";
import { PEER } from "./peer.mjs";
import { measureApart, startServer } from "./processes.mjs";
import { inRounds, ratio } from "./rounds.mjs";
import { scaling, SEMI_SPACE_MB } from "./scaling.mjs";

const LEVELS = [1, 4, 16, 32, 64, 256, 1_024];
/** Compared with 256 in flight, too. The others take too long for what they tell. */
const MANY = [
  "floor",
  "floor again",
  "durable floor",
  "disk floor",
  "guard",
  "guard + journal",
  "guard + journal, disk",
];

/**
 * Measures everything that the report shows.
 * @param {{ rounds: number, runMs: number, processes: number, imports: number }} effort
 */
export async function measureAll(effort) {
  const bundle = await bundleOf();
  const imports = await importTimes(effort.imports);
  const server = await startServer();
  const heap = await measureApart("heap-probe.mjs", [server.url, "10000"]);
  const first = await firstReserves(server.url, effort.processes);

  const { contenders, stop } = await contendersAt(server.url);
  const many = contenders.filter(({ name }) => MANY.includes(name));
  const levels = [];
  for (const inFlight of [1, 32, 256]) {
    const compared = inFlight > 32 ? many : contenders;
    levels.push({ inFlight, runs: await inRounds(compared, { inFlight, ...effort }) });
  }
  await stop();
  const scale = await scaling(server.url, LEVELS, effort);
  const roomy = await measureApart(
    "scaling-probe.mjs",
    [server.url, String(effort.rounds), String(effort.runMs)],
    [`--max-semi-space-size=${SEMI_SPACE_MB}`],
  );
  server.stop();
  const distance = await overTls(effort);

  const isPeerHere = contenders.some(({ name }) => name.startsWith(PEER));
  const measured = { levels, scale, roomy, distance, heap, first, imports, bundle };
  return {
    ...whereAndWhat(isPeerHere ? [PEER] : []),
    left: isPeerHere ? [] : [PEER],
    ...measured,
    ratios: ratiosOf(measured),
  };
}

/**
 * The date, the machine and the versions.
 * @param {readonly string[]} others packages that are compared besides those that the client needs
 */
export function whereAndWhat(others = []) {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model ?? "", cores: cpus().length, platform: process.platform },
    versions: {
      node: process.versions.node,
      "undici (pooled)": versionOf("undici"),
      "undici (global fetch)": process.versions.undici,
      "openapi-fetch": versionOf("openapi-fetch"),
      ...Object.fromEntries(others.map((name) => [name, versionOf(name)])),
    },
  };
}

function ratiosOf({ levels, scale, heap, first, imports, bundle }) {
  const [one, many] = levels.map(({ runs }) => runs);
  const [nothing, files, log] = first;
  return {
    guard_32: ratio(many, "guard", "floor"),
    guard_1: ratio(one, "guard", "floor"),
    run_32: ratio(many, "run", "floor"),
    journal_32: ratio(many, "guard + journal", "floor"),
    journal_1: ratio(one, "guard + journal", "floor"),
    journal_durable_32: ratio(many, "guard + journal", "durable floor"),
    journal_disk_32: ratio(many, "guard + journal, disk", "disk floor"),
    raw_32: ratio(many, "raw", "floor"),
    guard_vs_fetch_32: ratio(many, "guard", "fetch by hand"),
    p99_32: ratio(many, "guard", "floor", "p99"),
    scale_1024: ratio(scale, "1024", "32"),
    guard_heap_kb: heap.bytesPerGuard / 1_000,
    first_reserve_files_ms: files.reserveMs - nothing.reserveMs,
    first_reserve_log_ms: log.reserveMs - nothing.reserveMs,
    take_up_block_ms: Math.max(files.blockedMs, log.blockedMs),
    import_ms: imports.client,
    bundle_kb: bundle.gzipped / 1_000,
  };
}

function versionOf(name) {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
