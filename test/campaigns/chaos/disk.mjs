/** What goes wrong on a disk, and whether the operation has happened all the same. */
const FAULTS = [
  { name: "disk full", code: "ENOSPC", happens: false },
  { name: "disk read-only", code: "EROFS", happens: false },
  { name: "disk error, nothing done", code: "EIO", happens: false },
  { name: "disk error, yet done", code: "EIO", happens: true },
];

export const DISK_FAULTS = [...FAULTS.map(({ name }) => name), "slow disk"];

/**
 * The file journal on a disk that fails now and then, as one process sees it. It tells the evidence of each record
 * that is in the journal.
 */
export class FaultyJournal {
  #journal;
  #life;
  #world;
  /** So many operations more fail in the same way. */
  #spell = { left: 0, fault: FAULTS[0] };

  /**
   * @param {import("cycles-client").Journal} journal
   * @param {import("./life.mjs").Life} life
   * @param {{
   *   random: import("../support/random.mjs").Random,
   *   time: import("./time.mjs").Time,
   *   evidence: import("./evidence.mjs").Evidence,
   *   faults: import("../support/count.mjs").Count,
   *   rate: () => number,
   * }} world
   */
  constructor(journal, life, world) {
    this.#journal = journal;
    this.#life = life;
    this.#world = world;
  }

  /**
   * @param {string} reservationId
   * @param {string} record
   */
  put(reservationId, record) {
    const { evidence } = this.#world;
    return this.#do(
      async () => {
        await this.#journal.put(reservationId, record);
        evidence.recorded(reservationId, record);
      },
      () => {
        evidence.notRecorded(reservationId, record);
      },
    );
  }

  /** @param {string} reservationId */
  remove(reservationId) {
    return this.#do(() => this.#journal.remove(reservationId));
  }

  list() {
    return this.#do(async () => {
      const found = await this.#journal.list();
      // The order of a folder is the file system's, and would make a seed's campaign another one elsewhere.
      return [...found].sort((a, b) => (a.reservationId < b.reservationId ? -1 : 1));
    });
  }

  /**
   * @param {string} reservationId
   * @param {string} record
   * @param {import("cycles-client").SetAside} why
   */
  setAside(reservationId, record, why) {
    return this.#do(() => this.#journal.setAside(reservationId, record, why));
  }

  /**
   * @template Value
   * @param {() => Value | PromiseLike<Value>} act
   * @param {() => void} [onFailure]
   * @returns {Promise<Value>}
   */
  async #do(act, onFailure) {
    const { random, time, faults } = this.#world;
    await this.#life.pass();
    const fault = this.#fault();
    if (fault === undefined && random.chance(this.#world.rate() / 4)) {
      faults.add("slow disk");
      // Within the time that a client waits for its journal: the shortest `settleTimeout` is 2 s.
      await time.sleep(random.integer(1, 1_500));
      await this.#life.pass();
    }
    if (fault) {
      faults.add(fault.name);
      onFailure?.();
      if (!fault.happens) throw failure(fault);
    }
    const value = await act();
    await this.#life.pass();
    if (fault) throw failure(fault);
    return value;
  }

  #fault() {
    const { random, rate } = this.#world;
    if (rate() === 0) return undefined;
    if (this.#spell.left === 0 && random.chance(rate() / 3)) {
      this.#spell = { left: random.integer(1, 5), fault: random.pick(FAULTS) };
    }
    if (this.#spell.left === 0) return undefined;
    this.#spell.left -= 1;
    return this.#spell.fault;
  }
}

/** @param {{ name: string, code: string }} fault */
function failure({ name, code }) {
  return Object.assign(new Error(`${code}: ${name}`), { code });
}
