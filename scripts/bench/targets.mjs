/** The targets of the benchmark, mostly as ratios within one run. Both `least` and `most` include the limit. */
export const TARGETS = /** @type {const} */ ({
  guard_32: { what: "reserve and commit, 32 in flight, compared with the floor", least: 0.8 },
  guard_1: { what: "the same, 1 in flight", least: 0.85 },
  run_32: { what: "run, 32 in flight, compared with the floor", least: 0.75 },
  journal_32: { what: "reserve and commit with the journal, 32 in flight", least: 0.2 },
  journal_1: { what: "the same, 1 in flight", least: 0.6 },
  raw_32: { what: "raw client, 32 in flight, compared with the floor", least: 0.3 },
  guard_vs_fetch_32: {
    what: "reserve and commit, compared with fetch by hand, 32 in flight",
    least: 6,
  },
  p99_32: { what: "p99 of reserve and commit, compared with the floor, 32 in flight", most: 1.6 },
  import_ms: { what: "import beyond an empty module, ms", most: 30 },
  bundle_kb: { what: "browser bundle, gzipped, kB", most: 24 },
  guard_heap_kb: { what: "heap of an open guard beyond its response, kB", most: 1.5 },
  scale_1024: { what: "throughput with 1,024 in flight, compared with 32", least: 0.8 },
});

/**
 * @param {{ least?: number, most?: number }} target
 * @param {number} value
 */
export function meets({ least = -Infinity, most = Infinity }, value) {
  return value >= least && value <= most;
}
