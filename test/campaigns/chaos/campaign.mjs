import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "#journal";
import { CyclesClient, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { Count } from "../support/count.mjs";
import { Random } from "../support/random.mjs";
import { seedTheRuntime } from "../support/seeded.mjs";
import { atOnce } from "./at-once.mjs";
import { account } from "./accounts.mjs";
import { DISK_FAULTS, FaultyJournal } from "./disk.mjs";
import { Evidence } from "./evidence.mjs";
import { Life } from "./life.mjs";
import { Lifecycle } from "./lifecycle.mjs";
import { Network, NETWORK_FAULTS } from "./network.mjs";
import { LOG_FAULTS, LogDisk } from "./log-disk.mjs";
import { filesIn, replaySetAside } from "./operator.mjs";
import { Time } from "./time.mjs";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WITHOUT_END = 1e12;
const CONNECT_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 5_000;
const BASE_URL = "http://cycles.invalid";
/** The number of lifecycles that a process runs at the same time. */
const LANES = 6;

/** What happens to processes and clocks. */
const EVENTS = [
  "killed",
  "closed",
  "restarted days later",
  "clock jumped forward",
  "clock jumped back",
];

/** The types of notices that are counted. */
const NOTICES = ["retry", "queued", "settlement_failed", "journal_failed"];

/**
 * Runs lifecycles through faults, restarts and clock jumps, lets the client settle all that it can, and then checks the
 * ledger.
 *
 * @param {{ seed: number, lifecycles: number, refusing: boolean, log: boolean }} settings
 */
export async function campaign(settings) {
  const restore = seedTheRuntime(settings.seed);
  const restoreTime = atOnce();
  const folder = mkdtempSync(join(tmpdir(), "cycles-chaos-"));
  try {
    return await new Campaign(settings, folder).run();
  } finally {
    rmSync(folder, { recursive: true });
    restoreTime();
    restore();
  }
}

class Campaign {
  #settings;
  #folder;
  #random;
  #time = new Time();
  #authority;
  #apiKey;
  #evidence;
  #network;
  #faults;
  /** The disk under the log; `undefined` if the campaign is without a log. @type {LogDisk | undefined} */
  #logDisk;
  #lives = 0;
  #events = new Count(EVENTS);
  #notices = new Count(NOTICES);
  #recovered = 0;
  /** @type {Lifecycle[]} */
  #lifecycles = [];
  /** Reservations for which a notice reported that the spend is not in the ledger. */
  #reported = new Set();
  #rate = 0;
  #begun = 0;

  constructor(settings, folder) {
    this.#settings = settings;
    this.#folder = folder;
    this.#random = new Random(settings.seed);
    this.#faults = new Count([...NETWORK_FAULTS, ...(settings.log ? LOG_FAULTS : DISK_FAULTS)]);
    this.#authority = new EmbeddedCycles({
      budgets: budgets(settings.refusing),
      clock: this.#time,
    });
    this.#apiKey = this.#authority.apiKey("acme");
    this.#evidence = new Evidence(() => this.#time.now());
    this.#network = new Network({
      authority: this.#authority,
      random: this.#random,
      time: this.#time,
      evidence: this.#evidence,
      faults: this.#faults,
      rate: () => this.#rate,
      refusing: settings.refusing,
    });
    this.#logDisk = settings.log
      ? new LogDisk(folder, {
          random: this.#random,
          evidence: this.#evidence,
          faults: this.#faults,
          rate: () => this.#rate,
        })
      : undefined;
  }

  async run() {
    const restoreDisk = this.#logDisk?.install();
    try {
      return await this.#run();
    } finally {
      restoreDisk?.();
    }
  }

  async #run() {
    this.#rate = 0.25;
    // If no budget refuses, two processes overlap, as in a rolling deployment.
    const slots = this.#settings.refusing ? 1 : 2;
    const stopChanges = this.#settings.refusing ? this.#changeBudgets() : () => undefined;
    await this.#time.until(Promise.all(Array.from({ length: slots }, () => this.#slot())));
    stopChanges();
    this.#rate = 0;
    await this.#time.until(this.#settleTheRest());
    await this.#time.until(this.#time.sleep(DAY_MS));
    const findings = account({
      lifecycles: this.#lifecycles,
      evidence: this.#evidence,
      files: filesIn(this.#folder),
      reported: this.#reported,
      balances: this.#authority.balances("tenant:acme"),
    });
    const replayed = this.#settings.refusing ? await this.#replay() : undefined;
    if (this.#time.pending > 0)
      findings.problems.push(`${this.#time.pending} timers are left after all clients have closed`);
    return {
      ...this.#settings,
      faults: this.#faults.entries(),
      events: this.#events.entries(),
      notices: this.#notices.entries(),
      recovered: this.#recovered,
      ...findings,
      problems: [...findings.problems, ...(replayed?.problems ?? [])],
      replayedByOperator: replayed?.settled ?? 0,
    };
  }

  /** Runs processes one after another. Each one closes or is killed. */
  async #slot() {
    const random = this.#random;
    while (this.#begun < this.#settings.lifecycles) {
      const life = new Life(this.#time, random, 0.002);
      life.clock.offset = random.chance(0.2) ? random.integer(-2 * HOUR_MS, 2 * HOUR_MS) : 0;
      const client = this.#start(life);
      const until = Math.min(this.#settings.lifecycles, this.#begun + random.integer(5, 60));
      const lanes = Array.from({ length: LANES }, () => this.#lane(client, life, until));
      await Promise.race([Promise.all(lanes), life.death]);
      const isClosed =
        life.alive &&
        random.chance(0.6) &&
        (await Promise.race([this.#close(client, life), life.death]));
      if (life.alive) life.kill();
      await this.#bury(life);
      this.#events.add(isClosed ? "closed" : "killed");
      await this.#time.sleep(this.#downtime());
    }
  }

  async #lane(client, life, until) {
    while (life.alive && this.#begun < until) {
      this.#begun += 1;
      const lifecycle = new Lifecycle(this.#begun, this.#random, this.#settings.refusing);
      this.#lifecycles.push(lifecycle);
      this.#jumpClock(life);
      const sleep = (ms) =>
        new Promise((resolve) => {
          life.clock.setTimeout(() => {
            resolve(undefined);
          }, ms);
        });
      await lifecycle.run(client, sleep);
      if (lifecycle.reservationId === undefined) await sleep(this.#random.integer(0, MINUTE_MS));
    }
  }

  async #close(client, life) {
    await client.close();
    // Requests that are still in flight reach their time bound.
    await this.#time.sleep(10_000);
    if (life.alive && life.clock.pending > 0)
      throw new Error("timers are left after a client has closed");
    return life.alive;
  }

  #downtime() {
    const random = this.#random;
    if (random.chance(0.05)) {
      this.#events.add("restarted days later");
      return random.integer(1, 10) * DAY_MS;
    }
    return random.pick([0, 1_000, MINUTE_MS, HOUR_MS]);
  }

  /** Sometimes sets the wall clock of a process forward or back, by a minute to a day. */
  #jumpClock(life) {
    if (!this.#random.chance(0.03)) return;
    const ms = this.#random.integer(MINUTE_MS, DAY_MS);
    const back = this.#random.chance(0.5);
    life.clock.offset += back ? -ms : ms;
    this.#events.add(back ? "clock jumped back" : "clock jumped forward");
  }

  /** @param {Life} life */
  #start(life) {
    const random = this.#random;
    this.#lives += 1;
    life.number = this.#lives;
    return new CyclesClient({
      baseUrl: BASE_URL,
      apiKey: this.#apiKey,
      subject: { tenant: "acme" },
      clock: life.clock,
      fetch: this.#network.fetchOf(life),
      ...(this.#settings.log ? this.#logOf(life) : { journal: this.#journalOf(life) }),
      settleTimeout: random.pick([0, 2_000, 10_000]),
      ...(random.chance(0.15) && { retry: false }),
      logLevel: "off",
      onNotice: (notice) => {
        this.#count(notice);
      },
    });
  }

  /** Options for the journal of the client itself. The header of a log names the life that wrote it. */
  #logOf(life) {
    return {
      journalDir: this.#folder,
      journalSync: this.#random.pick(/** @type {const} */ (["os", "disk"])),
      connectTimeout: CONNECT_TIMEOUT_MS,
      readTimeout: READ_TIMEOUT_MS + life.number,
    };
  }

  /** Lets other processes take over the logs of a process that has ended. */
  async #bury(life) {
    // What it wrote in this turn of the event loop is written.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((go) => setImmediate(go));
    this.#logDisk?.bury(CONNECT_TIMEOUT_MS + READ_TIMEOUT_MS + life.number);
  }

  /** Opens the journal in files, on a disk that fails. */
  #journalOf(life) {
    const journal = openJournal({
      mode: "files",
      toDisk: false,
      clock: life.clock,
      firstAttemptMs: 7_000,
      dir: this.#folder,
      baseUrl: BASE_URL,
      tenant: "acme",
      apiKey: this.#apiKey,
      onCorrupt: (file) => {
        throw new Error(`the journal treats a valid record as corrupt: ${file}`);
      },
      onExposed: (_, message) => {
        throw new Error(message);
      },
      onUnreadable: (_, message) => {
        throw new Error(message);
      },
    });
    if (journal === undefined) throw new Error("the campaign needs a file journal");
    return new FaultyJournal(journal, life, {
      random: this.#random,
      time: this.#time,
      evidence: this.#evidence,
      faults: this.#faults,
      rate: () => this.#rate,
    });
  }

  /** @param {import("cycles-client").Notice} notice */
  #count(notice) {
    if (NOTICES.includes(notice.type)) this.#notices.add(notice.type);
    if (notice.type === "settlement_failed") this.#reported.add(notice.reservationId);
    if (notice.type === "recovering") this.#recovered += notice.records;
  }

  /** Starts a last client, without faults, and recovers until no record is left to settle. */
  async #settleTheRest() {
    // By then, all delayed requests of earlier processes have arrived.
    await this.#time.sleep(2 * HOUR_MS);
    const life = new Life(this.#time, this.#random, 0);
    const client = this.#start(life);
    for (let tries = 0; tries < 5; tries += 1) {
      this.#logDisk?.silence(CONNECT_TIMEOUT_MS + READ_TIMEOUT_MS + life.number);
      const { found } = await client.recover();
      if (found === 0 && !this.#settings.log) break;
      await this.#time.sleep(2 * HOUR_MS);
    }
    await client.close();
    life.kill();
    await this.#bury(life);
  }

  /** Funds the budgets and replays the refused records, as an operator does. Each must then be in the ledger once. */
  async #replay() {
    for (const agent of ["small", "overdraft"])
      this.#authority.fund(`tenant:acme/agent:${agent}`, tokens(WITHOUT_END));
    return replaySetAside({
      folder: this.#folder,
      evidence: this.#evidence,
      recover: () => this.#time.until(this.#settleTheRest()),
    });
  }

  /** Freezes, unfreezes and funds the limited budgets at random times. Returns a function that stops this. */
  #changeBudgets() {
    const random = this.#random;
    /** @type {{ cancel(): void }} */
    let timer;
    const change = () => {
      const scope = `tenant:acme/agent:${random.pick(["small", "overdraft"])}`;
      if (random.chance(0.2)) this.#authority.freeze(scope);
      else this.#authority.unfreeze(scope);
      if (random.chance(0.5)) this.#authority.fund(scope, tokens(random.integer(0, 6_000)));
      timer = this.#time.setTimeout(change, random.integer(1_000, 2 * MINUTE_MS));
    };
    change();
    return () => {
      timer.cancel();
      for (const agent of ["small", "overdraft"])
        this.#authority.unfreeze(`tenant:acme/agent:${agent}`);
    };
  }
}

function budgets(refusing) {
  const tenant = { "tenant:acme": tokens(WITHOUT_END) };
  if (!refusing) return tenant;
  return {
    ...tenant,
    "tenant:acme/agent:small": tokens(3_000),
    "tenant:acme/agent:overdraft": { allocated: tokens(3_000), overdraft_limit: tokens(500) },
  };
}
