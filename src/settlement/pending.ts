import { Eventually } from "../eventually.js";
import type { Job, Step } from "./job.js";

/** A job and those who wait for it. */
export class Pending {
  readonly job: Job;
  /** A caller waits, and is told of a failure; else a notice says it. */
  attended: boolean;
  /** Ends the delay between two tries that a caller waits for; `true` also one that the server imposed. */
  wake: ((evenIfImposed: boolean) => void) | undefined;
  readonly #end = new Eventually<Step["next"]>();

  constructor(job: Job, attended: boolean) {
    this.job = job;
    this.attended = attended;
  }

  /** Resolves, and never rejects, with the last step: `again` where the job was left to its record. */
  get over(): Promise<Step["next"]> {
    return this.#end.promise;
  }

  end(how: Step["next"]): void {
    this.#end.resolve(how);
  }
}
