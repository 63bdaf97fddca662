/** The targets of the benchmark, mostly as ratios within one run. Both `least` and `most` include the limit. */
export const TARGETS = /** @type {const} */ ({
  guard_32: { what: "guard without the journal, 32 in flight, of the floor", least: 0.8 },
  guard_1: { what: "the same, 1 in flight", least: 0.85 },
  run_32: { what: "run without the journal, 32 in flight, of the floor", least: 0.75 },
  journal_32: { what: "guard with the journal, 32 in flight, of the floor", least: 0.65 },
  journal_1: { what: "the same, 1 in flight", least: 0.75 },
  journal_durable_32: { what: "the same, 32 in flight, of the durable floor", least: 0.7 },
  journal_disk_32: { what: "with journalSync: disk, 32 in flight, of the disk floor", least: 0.68 },
  raw_32: { what: "raw client, 32 in flight, of the floor", least: 0.3 },
  guard_vs_fetch_32: { what: "guard against fetch by hand, 32 in flight", least: 6 },
  p99_32: { what: "p99 of the guard over the floor's, 32 in flight", most: 1.6 },
  scale_1024: { what: "guard with 1,024 in flight, against itself with 32", least: 0.74 },
  guard_heap_kb: { what: "heap of an open guard beyond its response, kB", most: 1.5 },
  first_reserve_files_ms: { what: "first reserve over 20,000 files, beyond none, ms", most: 50 },
  first_reserve_log_ms: { what: "first reserve over a log of 20,000 spends, ms", most: 50 },
  take_up_block_ms: { what: "longest block of the event loop by these, ms", most: 20 },
  import_ms: { what: "import beyond an empty module, ms", most: 30 },
  bundle_kb: { what: "browser bundle, gzipped, kB", most: 30 },
});

/** The targets of a comparison with another clone: differences between two shares of the floor. */
export const AGAINST_TARGETS = /** @type {const} */ ({
  guard_32_change: { what: "guard without the journal, 32 in flight", least: -0.02 },
  guard_1_change: { what: "the same, 1 in flight", least: -0.02 },
  journal_32_change: { what: "guard with the journal, 32 in flight", least: -0.02 },
  journal_1_change: { what: "the same, 1 in flight", least: -0.02 },
});

/** @typedef {{ what: string, least?: number, most?: number }} Target */

/**
 * @param {{ least?: number, most?: number }} target
 * @param {number} value
 */
export function meets({ least = -Infinity, most = Infinity }, value) {
  return value >= least && value <= most;
}

/** @param {{ least?: number, most?: number }} target */
export function limitOf({ least, most }) {
  return least === undefined ? `at most ${most}` : `at least ${least}`;
}

/**
 * Formats a figure with one decimal, or two if it is less than 10.
 * @param {number} value
 */
export function figureText(value) {
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
}
