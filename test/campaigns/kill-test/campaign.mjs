import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Count } from "../support/count.mjs";
import { Random } from "../support/random.mjs";
import { Accounts } from "./accounts.mjs";
import { Life } from "./life.mjs";
import { filesOf, letSilent } from "./logs.mjs";
import { PHASES } from "./phase.mjs";
import { AuthorityProcess } from "./processes.mjs";

const HOUR_MS = 3_600_000;
/** All leases are shorter. */
const LEASE_MS = 60_000;
/** The number of processes that spend at the same time. They share one journal. */
const SLOTS = 4;
/** A process is killed at most this many milliseconds after it has started its client. */
const LONGEST_LIFE_MS = 900;
/** How long the campaign waits for what it expects. */
const PATIENCE_MS = 15_000;

/**
 * Kills processes at random points, lets later processes recover from the journal, and checks the ledger. Some
 * processes are asleep while two others take over what they have noted, and then wake.
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
  /** How far the authority's clock is ahead. */
  #aheadMs = 0;
  /** @type {Life[]} */
  #lives = [];
  /** The numbers of the workers that are dead or asleep. */
  #silent = new Set();
  #phases = new Count(PHASES);
  #asleep = 0;
  #woken = 0;
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
    // All leases expire, and half-written files become old enough for the client to remove them.
    await this.#advance(HOUR_MS);
    await this.#settleTheRest();
    for (const file of filesOf(this.#journalDir)) {
      if (!file.endsWith(".tmp")) continue;
      this.#temporaries += 1;
      utimesSync(file, 0, 0);
    }
    await this.#settleTheRest();
    const ledger = await this.#authority.ledger();
    const left = filesOf(this.#journalDir);
    const accounts = new Accounts({ lives: this.#lives, ledger, left });
    const byEvent = ledger.accepted.filter(({ via }) => via === "event").length;
    const { known, knownSum, notYetKnown, noted, superseded, problems } = accounts;
    return {
      ...this.#settings,
      phases: this.#phases.entries(),
      lives: this.#lives.length,
      asleep: this.#asleep,
      woken: this.#woken,
      known,
      notYetKnown,
      noted,
      superseded,
      recordedByCommit: ledger.accepted.length - byEvent,
      recordedAsEvent: byEvent,
      temporaries: this.#temporaries,
      knownSum,
      spent: ledger.spent,
      problems,
    };
  }

  /** Runs processes that spend, one after another, and kills each one. */
  async #slot() {
    const random = this.#random;
    while (this.#killsLeft > 0) {
      this.#killsLeft -= 1;
      const life = this.#start(true);
      await life.begun;
      if (random.chance(0.2)) await this.#sleepAndWake(life);
      else if (random.chance(0.7)) await until(() => life.isWorking);
      await pause(random.next() * LONGEST_LIFE_MS);
      await this.#kill(life);
      // Sometimes all leases have expired before the next process starts.
      if (random.chance(0.25)) await this.#advance(LEASE_MS);
    }
  }

  /** Lets a process sleep while it notes, until two others have taken over its notes. */
  async #sleepAndWake(life) {
    const random = this.#random;
    await until(() => life.isNoting);
    await pause(random.integer(0, 400));
    life.worker.sleep();
    this.#asleep += 1;
    const { reservationId } = await this.#cut(life);
    await this.#advance(LEASE_MS);
    this.#fallSilent(life);
    const successors = [this.#start(false), this.#start(false)];
    await Promise.all(successors.map(({ begun }) => begun));
    // Sometimes the process wakes before the notes are settled, or never.
    if (random.chance(0.2)) await pause(random.integer(0, 300));
    else if (reservationId !== undefined)
      await until(() => this.#authority.isAccepted(reservationId), 2_000);
    if (random.chance(0.8)) {
      this.#woken += 1;
      this.#silent.delete(life.number);
      life.worker.wake();
      await until(() => reservationId === undefined || life.hasEnded(reservationId));
    }
    for (const successor of successors) {
      if (random.chance(0.5)) await this.#kill(successor);
      else await this.#close(successor);
    }
  }

  async #kill(life) {
    await life.kill();
    this.#phases.add((await this.#cut(life)).phase);
    // Sometimes no other process takes over its log before the end of the campaign.
    if (this.#random.chance(0.8)) this.#fallSilent(life);
    else this.#silent.add(life.number);
  }

  async #close(life) {
    life.worker.close();
    await life.worker.ended;
    this.#silent.add(life.number);
  }

  #fallSilent({ number }) {
    this.#silent.add(number);
    letSilent(this.#journalDir, this.#silent);
  }

  /** @param {Life} life */
  #cut(life) {
    return life.cut(this.#journalDir, (reservationId) => this.#authority.isAccepted(reservationId));
  }

  async #advance(ms) {
    await this.#authority.advance(ms);
    this.#aheadMs += ms;
  }

  #start(spends) {
    const life = new Life(this.#lives.length + 1, this.#folder, {
      ...this.#address,
      baseUrl: this.#address.url,
      journalDir: this.#journalDir,
      seed: this.#random.integer(1, 2 ** 31),
      aheadMs: this.#aheadMs,
      spends,
    });
    this.#lives.push(life);
    return life;
  }

  /** Starts processes that do not spend, two at a time, until the journal has nothing to settle. */
  async #settleTheRest() {
    for (let tries = 0; tries < 10; tries += 1) {
      letSilent(this.#journalDir, this.#silent);
      const pair = [this.#start(false), this.#start(false)];
      const isDone = () => !filesOf(this.#journalDir).some((file) => /\.(json|log)$/.test(file));
      await Promise.all(pair.map(({ begun }) => begun));
      const done = await until(isDone, PATIENCE_MS / 2);
      for (const life of pair) await this.#close(life);
      if (done && isDone()) return;
    }
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until a condition holds, but not for ever. Returns whether it holds. */
async function until(condition, mostMs = PATIENCE_MS) {
  for (const endsAt = Date.now() + mostMs; Date.now() < endsAt; await pause(20))
    if (await condition()) return true;
  return false;
}
