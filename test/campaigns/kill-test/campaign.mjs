import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Count } from "../support/count.mjs";
import { Random } from "../support/random.mjs";
import { account } from "./accounts.mjs";
import { PHASES, phaseOf } from "./phase.mjs";
import { AuthorityProcess, startWorker } from "./processes.mjs";

const HOUR_MS = 3_600_000;
/** The number of processes that run at the same time. They share one journal. */
const SLOTS = 4;
/** A process is killed at most this many milliseconds after it has started its client. */
const LONGEST_LIFE_MS = 500;

/**
 * Kills processes at random points, lets later processes recover from the journal, and checks the ledger.
 *
 * @param {{ kills: number, seed: number }} settings
 */
export async function killCampaign(settings) {
  const folder = mkdtempSync(join(tmpdir(), "cycles-kill-"));
  const authority = new AuthorityProcess(join(folder, "journal"), settings.seed);
  try {
    return await new KillCampaign(settings, folder, authority, await authority.address()).run();
  } finally {
    await authority.end();
    rmSync(folder, { recursive: true });
  }
}

class KillCampaign {
  #settings;
  #folder;
  #journalDir;
  #authority;
  #address;
  #random;
  #killsLeft;
  #lives = 0;
  #phases = new Count(PHASES);
  /** The amounts that must be in the ledger, by reservation. @type {Map<string, number>} */
  #known = new Map();
  /** @type {Set<string>} */
  #notYetKnown = new Set();
  #recovered = 0;
  #temporaries = 0;

  constructor(settings, folder, authority, address) {
    this.#settings = settings;
    this.#folder = folder;
    this.#journalDir = join(folder, "journal");
    this.#authority = authority;
    this.#address = address;
    this.#random = new Random(settings.seed);
    this.#killsLeft = settings.kills;
  }

  async run() {
    const slots = Math.min(SLOTS, this.#settings.kills);
    await Promise.all(Array.from({ length: slots }, () => this.#slot()));
    await this.#settleTheRest();
    // All leases expire, and half-written files become old enough for the client to remove them.
    await this.#authority.advance(HOUR_MS);
    for (const file of this.#files()) {
      if (!file.endsWith(".tmp")) continue;
      this.#temporaries += 1;
      utimesSync(file, 0, 0);
    }
    await this.#settleTheRest();
    const ledger = await this.#authority.ledger();
    const left = this.#files();
    const { knownSum, problems } = account({
      known: this.#known,
      notYetKnown: this.#notYetKnown,
      ledger,
      left,
    });
    const byEvent = ledger.accepted.filter(({ via }) => via === "event").length;
    return {
      ...this.#settings,
      phases: this.#phases.entries(),
      lives: this.#lives,
      known: this.#known.size,
      notYetKnown: this.#notYetKnown.size,
      recordedByCommit: ledger.accepted.length - byEvent,
      recordedAsEvent: byEvent,
      recovered: this.#recovered,
      temporaries: this.#temporaries,
      knownSum,
      spent: ledger.spent,
      problems,
    };
  }

  /** Runs processes one after another, and kills each one. */
  async #slot() {
    while (this.#killsLeft > 0) {
      this.#killsLeft -= 1;
      const { worker, diary } = this.#start(false);
      await Promise.race([worker.begun, worker.ended]);
      await new Promise((resolve) => setTimeout(resolve, this.#random.next() * LONGEST_LIFE_MS));
      worker.kill();
      const [code] = await worker.ended;
      if (code !== null) throw new Error(`a worker exited before it was killed, with code ${code}`);
      await this.#noteSpends(diary);
      // Sometimes all leases have expired before the next process starts.
      if (this.#random.chance(0.25)) await this.#authority.advance(60_000);
    }
  }

  #start(ends) {
    this.#lives += 1;
    const name = `life-${this.#lives}`;
    const diary = join(this.#folder, `${name}.jsonl`);
    const worker = startWorker({
      ...this.#address,
      baseUrl: this.#address.url,
      journalDir: this.#journalDir,
      diary,
      seed: this.#random.integer(1, 2 ** 31),
      name,
      ends,
    });
    return { worker, diary };
  }

  /** Notes which spends of a killed process are known. */
  async #noteSpends(file) {
    const diary = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    for (const entry of diary) if (entry.what === "recovered") this.#recovered += entry.settled;
    const intents = diary.filter(({ what }) => what === "commits");
    const settled = diary.filter(({ what }) => what === "settled");
    for (const { reservationId, amount } of settled) this.#known.set(reservationId, amount);
    const last = intents.at(-1);
    // Reads the journal first: a record that is removed before the next line runs is in the ledger.
    const hasRecord = last !== undefined && this.#hasRecord(last.reservationId);
    const isAccepted = last !== undefined && (await this.#isAccepted(last.reservationId));
    if (last && (hasRecord || isAccepted)) this.#known.set(last.reservationId, last.amount);
    else if (last && !this.#known.has(last.reservationId))
      this.#notYetKnown.add(last.reservationId);
    this.#phases.add(phaseOf(diary, { hasRecord, isAccepted }));
  }

  #hasRecord(reservationId) {
    const name = `v2-${createHash("sha256").update(reservationId).digest("hex")}.json`;
    return this.#files().some((file) => file.endsWith(name));
  }

  async #isAccepted(reservationId) {
    const { accepted } = await this.#authority.ledger();
    return accepted.some((settlement) => settlement.reservationId === reservationId);
  }

  /** Runs processes that are not killed, until one finds no record to settle. */
  async #settleTheRest() {
    for (let tries = 0; tries < 10; tries += 1) {
      const { worker, diary } = this.#start(true);
      await worker.ended;
      const last = JSON.parse(readFileSync(diary, "utf8").trim().split("\n").at(-1) ?? "");
      this.#recovered += last.settled ?? 0;
      if (last.found === 0) return;
    }
  }

  /** Lists all files in the journal's folders. */
  #files() {
    if (!existsSync(this.#journalDir)) return [];
    return readdirSync(this.#journalDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }
}
