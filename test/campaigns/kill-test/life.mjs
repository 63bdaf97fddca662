import { join } from "node:path";
import { lifecyclesOf, readDiary } from "./diary.mjs";
import { hasSpend, timeoutsOf } from "./logs.mjs";
import { phaseOf } from "./phase.mjs";
import { startWorker } from "./processes.mjs";

/**
 * The end of what a process did, because it was killed or put to sleep.
 * @typedef {{
 *   phase: string,
 *   reservationId: string | undefined,
 *   hasSpend: boolean,
 *   lastAt: number,
 *   turnAt: number,
 * }} Cut
 */

/** One process, with its diary. */
export class Life {
  number;
  name;
  worker;
  /** @type {Cut[]} */
  cuts = [];
  #file;

  constructor(number, folder, settings) {
    this.number = number;
    this.name = `life-${number}`;
    this.#file = join(folder, `${this.name}.jsonl`);
    const timeouts = timeoutsOf(number);
    this.worker = startWorker({ ...settings, name: this.name, diary: this.#file, timeouts });
  }

  get diary() {
    return readDiary(this.#file);
  }

  /** Resolves when the process has a client. */
  get begun() {
    return Promise.race([this.worker.begun, this.worker.ended]);
  }

  /** Whether it has done something other than recover. */
  get isWorking() {
    return this.diary.some(({ what }) => what === "works");
  }

  get isNoting() {
    return this.diary.at(-1)?.what === "notes";
  }

  hasEnded(reservationId) {
    const steps = lifecyclesOf(this.diary).get(reservationId) ?? [];
    return steps.some(({ what }) => what === "settled" || what === "refused");
  }

  async kill() {
    this.worker.kill();
    const [code] = await this.worker.ended;
    if (code !== null) throw new Error(`${this.name} exited before it was killed, code ${code}`);
  }

  /**
   * Notes what is known of the last spend of this process, which has just been killed or put to sleep.
   * @param {string} journal
   * @param {(reservationId: string) => Promise<boolean>} isAcceptedBy asks the authority
   */
  async cut(journal, isAcceptedBy) {
    const { diary } = this;
    const last = [...lifecyclesOf(diary)].at(-1);
    const [reservationId, steps = []] = last ?? [];
    // Reads the journal first: a record that is removed before the next line runs is in the ledger.
    const hasRecord = reservationId !== undefined && hasSpend(journal, reservationId);
    const isAccepted = reservationId !== undefined && (await isAcceptedBy(reservationId));
    const isCommitting = steps.some(({ what }) => what === "commits");
    const cut = {
      phase: phaseOf(diary, { hasRecord, isAccepted }),
      reservationId,
      hasSpend: isCommitting && (hasRecord || isAccepted),
      lastAt: diary.at(-1)?.at ?? 0,
      // The last turn of the event loop in which it certainly wrote its notes to the journal.
      turnAt: diary.at(-2)?.at ?? 0,
    };
    const hasEnded = reservationId !== undefined && this.hasEnded(reservationId);
    if (!hasEnded) this.cuts.push(cut);
    return cut;
  }
}
