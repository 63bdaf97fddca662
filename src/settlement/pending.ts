import type { Job, Step } from "./job.js";

/** A job and those who wait for it. */
export class Pending {
  readonly job: Job;
  /** A caller waits, and is told of a failure; else a notice says it. */
  attended: boolean;
  /** Ends the delay between two tries that a caller waits for; `true` also one that the server imposed. */
  wake: ((evenIfImposed: boolean) => void) | undefined;
  #ended: Step["next"] | undefined;
  #over: Promise<Step["next"]> | undefined;
  #resolve: ((how: Step["next"]) => void) | undefined;

  constructor(job: Job, attended: boolean) {
    this.job = job;
    this.attended = attended;
  }

  /** Resolves, and never rejects, with the last step: `again` where the job was left to its record. */
  get over(): Promise<Step["next"]> {
    return (this.#over ??=
      this.#ended === undefined
        ? new Promise((resolve) => {
            this.#resolve = resolve;
          })
        : Promise.resolve(this.#ended));
  }

  end(how: Step["next"]): void {
    this.#ended = how;
    this.#resolve?.(how);
  }
}
