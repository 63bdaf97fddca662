// A disk that fails below the log. It replaces functions of `node:fs`, because the log calls them itself.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";

/** The faults of a disk, by what fails. */
const FAULTS = [
  { name: "log write: disk full", calls: "writeSync", code: "ENOSPC" },
  { name: "log write: disk error", calls: "writeSync", code: "EIO" },
  { name: "log write: torn, and not cut off", calls: "writeSync", code: "ENOSPC", torn: true },
  { name: "log sync: disk error", calls: "fdatasync", code: "EIO" },
  { name: "new log: disk full", calls: "openSync", code: "ENOSPC" },
  { name: "record write: disk full", calls: "writeFileSync", code: "ENOSPC" },
  { name: "rename refused", calls: "renameSync", code: "EPERM" },
  { name: "remove refused", calls: "unlinkSync", code: "EPERM" },
];

export const LOG_FAULTS = FAULTS.map(({ name }) => name);

/**
 * The disk under the journal. It fails for single calls and for spells of calls, and tells the evidence what was
 * written. Reads that would take real time on a thread are done at once, so that a seed does the same each time.
 */
export class LogDisk {
  #folder;
  #world;
  #originals = { ...fs };
  #originalPromises = { ...fs.promises };
  /** @type {Map<number, string>} */
  #paths = new Map();
  /** The next calls of a function fail with the same fault. */
  #spell = { left: 0, fault: FAULTS[0] };
  /** Descriptors whose last write left half a line that cannot be cut off. */
  #torn = new Set();

  /**
   * @param {string} folder the folder of the journal; calls for other files never fail
   * @param {{
   *   random: import("../support/random.mjs").Random,
   *   evidence: import("./evidence.mjs").Evidence,
   *   faults: import("../support/count.mjs").Count,
   *   rate: () => number,
   * }} world
   */
  constructor(folder, world) {
    this.#folder = folder;
    this.#world = world;
  }

  /** Replaces the functions. Returns a function that restores them. */
  install() {
    const real = this.#originals;
    const { evidence } = this.#world;
    const fail = (calls, path, act) => {
      const fault = this.#faultOf(calls, path);
      if (fault) throw failure(fault);
      return act();
    };
    const replaced = {
      openSync: (path, flags, mode) => {
        const descriptor = isLog(path)
          ? fail(flags === "ax" ? "openSync" : "", path, () => real.openSync(path, flags, mode))
          : real.openSync(path, flags, mode);
        this.#paths.set(descriptor, String(path));
        return descriptor;
      },
      closeSync: (descriptor) => {
        this.#paths.delete(descriptor);
        this.#torn.delete(descriptor);
        real.closeSync(descriptor);
      },
      writeSync: (descriptor, bytes, at) => {
        const path = this.#paths.get(descriptor) ?? "";
        if (!isLog(path)) return real.writeSync(descriptor, bytes, at);
        const text = String(bytes.subarray(at));
        const fault = this.#faultOf("writeSync", path);
        if (fault === undefined) {
          const written = real.writeSync(descriptor, bytes, at);
          for (const spend of spendsIn(text))
            evidence.recorded(spend.reservation_id, asRecord(spend));
          return written;
        }
        if (fault.torn) {
          this.#torn.add(descriptor);
          real.writeSync(descriptor, bytes, at, Math.floor((bytes.length - at) / 2));
        }
        for (const spend of spendsIn(text))
          evidence.notRecorded(spend.reservation_id, asRecord(spend));
        throw failure(fault);
      },
      ftruncateSync: (descriptor, length) => {
        if (this.#torn.has(descriptor)) throw failure({ name: "cannot be cut off", code: "EIO" });
        real.ftruncateSync(descriptor, length);
      },
      fdatasync: (descriptor, callback) => {
        const fault = this.#faultOf("fdatasync", this.#paths.get(descriptor) ?? "");
        setImmediate(() => {
          callback(fault ? failure(fault) : null);
        });
      },
      fsyncSync: () => undefined,
      writeFileSync: (path, text, options) => {
        if (!String(path).startsWith(this.#folder)) return real.writeFileSync(path, text, options);
        const { reservation_id: id } = JSON.parse(text);
        const fault = this.#faultOf("writeFileSync", path);
        if (fault) {
          evidence.notRecorded(id, text);
          throw failure(fault);
        }
        real.writeFileSync(path, text, { flag: options.flag, mode: options.mode });
        evidence.recorded(id, text);
      },
      renameSync: (from, to) => fail("renameSync", from, () => real.renameSync(from, to)),
      unlinkSync: (path) => {
        // A temporary file that stays would be swept after an hour of real time.
        if (String(path).endsWith(".tmp")) real.unlinkSync(path);
        else fail("unlinkSync", path, () => real.unlinkSync(path));
      },
    };
    Object.assign(fs, replaced);
    Object.assign(fs.promises, { readFile: async (path) => real.readFileSync(path) });
    syncBuiltinESMExports();
    return () => {
      for (const name of Object.keys(replaced)) fs[name] = real[name];
      fs.promises.readFile = this.#originalPromises.readFile;
      syncBuiltinESMExports();
    };
  }

  /**
   * Does what the death of a process does to its logs. All processes of the campaign are in one, which knows the names
   * of its own logs, so they get other names. Other processes may take them over at once.
   * @param {number} firstAttemptMs what the headers of its logs say
   */
  bury(firstAttemptMs) {
    const real = this.#originals;
    for (const path of this.#logs()) {
      if (this.#ownerOf(path) !== firstAttemptMs && real.statSync(path).size > 0) continue;
      const moved = join(path, "..", `v1-${crypto.randomUUID()}.log`);
      real.renameSync(path, moved);
      real.utimesSync(moved, 0, 0);
    }
  }

  /** Does what an hour does to the logs of all processes but one. @param {number} firstAttemptMs in the headers of that */
  silence(firstAttemptMs) {
    for (const path of this.#logs())
      if (this.#ownerOf(path) !== firstAttemptMs) this.#originals.utimesSync(path, 0, 0);
  }

  /** Returns what the header of a log says of its owner. */
  #ownerOf(path) {
    const [header] = String(this.#originals.readFileSync(path)).split("\n");
    return Number(/"first_attempt_ms":(\d+)/.exec(header)?.[1]);
  }

  #logs() {
    return this.#originals
      .readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter(({ name }) => isLog(name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  }

  #faultOf(calls, path) {
    const { random, rate, faults } = this.#world;
    if (rate() === 0 || calls === "" || !String(path).startsWith(this.#folder)) return undefined;
    if (this.#spell.left === 0 && random.chance(rate() / 12))
      this.#spell = { left: random.integer(1, 5), fault: random.pick(FAULTS) };
    if (this.#spell.left === 0 || this.#spell.fault.calls !== calls) return undefined;
    this.#spell.left -= 1;
    faults.add(this.#spell.fault.name);
    return this.#spell.fault;
  }
}

function isLog(path) {
  return /^v1-.*\.log$/.test(basename(String(path)));
}

/** Returns the spends in the lines of a log; notes are not spends. */
function spendsIn(text) {
  return text
    .split("\n")
    .filter((line) => line.startsWith('{"n":'))
    .map((line) => JSON.parse(line))
    .filter(({ until }) => until === undefined);
}

function asRecord({ reservation_id, commit }) {
  return JSON.stringify({ reservation_id, mode: "commit", commit_body: commit });
}

function failure({ name, code }) {
  return Object.assign(new Error(`${code}: ${name}`), { code });
}
