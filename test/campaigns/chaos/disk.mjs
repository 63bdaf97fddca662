/** The faults of a disk. `happens`: whether the operation takes effect although it fails. */
const FAULTS = [
  { name: "disk full", code: "ENOSPC", happens: false },
  { name: "disk read-only", code: "EROFS", happens: false },
  { name: "disk error, without effect", code: "EIO", happens: false },
  { name: "disk error, with effect", code: "EIO", happens: true },
];

export const DISK_FAULTS = [...FAULTS.map(({ name }) => name), "slow disk"];

/**
 * The file journal of one process, on a disk that sometimes fails. It tells the evidence which records were written.
 */
export class FaultyJournal {
  #journal;
  #life;
  #world;
  /** The next `left` operations fail with the same fault. */
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
      // File systems list folders in different orders. With sorted records, a seed does the same on each of them.
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
      // The client waits longer than this for its journal: the shortest `settleTimeout` that is not 0 is 2 s.
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
