import { ProcessClock } from "./time.mjs";

/** One life of a process that uses the client: it can end at any point where it touches the world. */
export class Life {
  clock;
  /** Resolves when it is killed. */
  death;
  #random;
  #risk;
  #alive = true;
  /** @type {() => void} */
  #die = () => undefined;

  /**
   * @param {import("./time.mjs").Time} time
   * @param {import("../support/random.mjs").Random} random
   * @param {number} risk of being killed at each point
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

  /** A point at which the process may be killed; what is dead never passes it. */
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
