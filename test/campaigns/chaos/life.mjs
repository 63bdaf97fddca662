import { ProcessClock } from "./time.mjs";

/** One process that uses the client. It can be killed whenever it uses the network or the disk. */
export class Life {
  /** Its place in the order of starts. */
  number = 0;
  clock;
  /** Resolves when the process is killed. */
  death;
  #random;
  #risk;
  #alive = true;
  /** @type {() => void} */
  #die = () => undefined;

  /**
   * @param {import("./time.mjs").Time} time
   * @param {import("../support/random.mjs").Random} random
   * @param {number} risk the probability that one use of network or disk kills the process
   */
  constructor(time, random, risk) {
    this.clock = new ProcessClock(time);
    this.#random = random;
    this.#risk = risk;
    this.death = new Promise((resolve) => {
      this.#die = () => {
        resolve(undefined);
      };
    });
  }

  get alive() {
    return this.#alive;
  }

  /** Sometimes kills the process. The promise never settles if the process is dead. */
  async pass() {
    if (this.#alive && this.#random.chance(this.#risk)) this.kill();
    if (!this.#alive) await new Promise(() => undefined);
  }

  kill() {
    this.#alive = false;
    this.clock.stop();
    this.#die();
  }
}
