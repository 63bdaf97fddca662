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
/** So many processes are at work, or being started: they share the processors, and one journal. */
const SLOTS = 4;
/** A life is killed at most so many milliseconds after it has begun. */
const LONGEST_LIFE_MS = 500;

/**
 * Kills processes in the middle of everything, lets others go on from their journal, and draws up the books.
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
    // All leases end, and what was half written grows old enough to be swept.
    await this.#authority.advance(HOUR_MS);
    for (const file of this.#files()) {
      if (!file.endsWith(".tmp")) continue;
      this.#temporaries += 1;
      utimesSync(file, 0, 0);
    }
    await this.#settleTheRest();
    const books = await this.#authority.books();
    const left = this.#files();
    const { knownSum, problems } = account({
      known: this.#known,
      notYetKnown: this.#notYetKnown,
      books,
      left,
    });
    const byEvent = books.accepted.filter(({ via }) => via === "event").length;
    return {
      ...this.#settings,
      phases: this.#phases.entries(),
      lives: this.#lives,
      known: this.#known.size,
      notYetKnown: this.#notYetKnown.size,
      recordedByCommit: books.accepted.length - byEvent,
      recordedAsEvent: byEvent,
      recovered: this.#recovered,
      temporaries: this.#temporaries,
      knownSum,
      spent: books.spent,
      problems,
    };
  }

  /** One place where a process works, is killed, and is started again. */
  async #slot() {
    while (this.#killsLeft > 0) {
      this.#killsLeft -= 1;
      const { worker, diary } = this.#start(false);
      await Promise.race([worker.begun, worker.ended]);
      await new Promise((resolve) => setTimeout(resolve, this.#random.next() * LONGEST_LIFE_MS));
      worker.kill();
      const [code] = await worker.ended;
      if (code !== null) throw new Error(`a worker ended by itself, with code ${code}`);
      await this.#takeDown(diary);
      // Now and then the leases have ended by the time of the next start.
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

  /** What is known of the spends of a life that is over. */
  async #takeDown(file) {
    const diary = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    for (const { what, settled } of diary) if (what === "recovered") this.#recovered += settled;
    const intents = diary.filter(({ what }) => what === "commits");
    const answered = diary.filter(({ what }) => what === "settled");
    for (const { reservationId, amount } of answered) this.#known.set(reservationId, amount);
    const last = intents.at(-1);
    // The journal first: what is taken out of it in between, the ledger has.
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
    const { accepted } = await this.#authority.books();
    return accepted.some((settlement) => settlement.reservationId === reservationId);
  }

  /** A process that is not killed, once or until nothing is left to settle. */
  async #settleTheRest() {
    for (let tries = 0; tries < 10; tries += 1) {
      const { worker, diary } = this.#start(true);
      await worker.ended;
      const last = JSON.parse(readFileSync(diary, "utf8").trim().split("\n").at(-1) ?? "");
      this.#recovered += last.settled ?? 0;
      if (last.found === 0) return;
    }
  }

  /** Every file in the journal's folders. */
  #files() {
    if (!existsSync(this.#journalDir)) return [];
    return readdirSync(this.#journalDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }
}
