import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { median } from "./figures.mjs";
import { measureApart } from "./processes.mjs";

export const LEFT_BEHIND = 20_000;

/** The owner of a log that is this old must have died. */
const SILENT_MS = 3_600_000;

/**
 * Measures the first reservation of new processes, over an empty journal and over spends that dead processes left
 * behind in files and in a log.
 *
 * @typedef {{ left: string, reserveMs: number, blockedMs: number }} FirstReserve medians over the processes
 * @param {string} url
 * @param {number} times how many processes are measured for each kind
 * @returns {Promise<FirstReserve[]>}
 */
export async function firstReserves(url, times) {
  const folder = mkdtempSync(join(tmpdir(), "cycles-bench-"));
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const figures = [await measure("nothing", url, empty, times)];
  for (const mode of ["files", "log"]) {
    const left = join(folder, mode);
    await measureApart("left-behind-probe.mjs", [url, left, String(LEFT_BEHIND), mode]);
    silence(left);
    figures.push(await measure(mode, url, left, times));
  }
  rmSync(folder, { recursive: true });
  return figures;
}

/** Measures with a copy of the folder each time, because the process starts to settle what it finds. */
async function measure(left, url, folder, times) {
  const runs = [];
  for (let time = 0; time < times; time += 1) {
    const copy = `${folder}-copy`;
    linkAll(folder, copy);
    runs.push(await measureApart("first-reserve-probe.mjs", [url, copy]));
    rmSync(copy, { recursive: true });
  }
  const of = (figure) => median(runs.map((run) => run[figure]));
  return { left, reserveMs: of("reserveMs"), blockedMs: of("blockedMs") };
}

/** Links files instead of copying them: a client moves and removes what it finds, but never writes into it. */
function linkAll(folder, copy) {
  mkdirSync(copy);
  for (const file of filesIn(folder)) {
    const target = join(copy, relative(folder, file));
    mkdirSync(dirname(target), { recursive: true });
    linkSync(file, target);
  }
}

/** Makes files look as if nothing had been written to them for an hour. */
function silence(folder) {
  const then = new Date(Date.now() - SILENT_MS);
  for (const file of filesIn(folder)) utimesSync(file, then, then);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
