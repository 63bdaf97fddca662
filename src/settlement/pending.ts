import { Eventually } from "../eventually.js";
import type { Job, Step } from "./job.js";
import type { Leftover } from "./leftovers.js";

/** A job and those who wait for it. */
export class Pending {
  readonly job: Job;
  /** What tells its spend apart from others. */
  readonly id: string;
  /** Where it comes from, if an earlier process has left it. */
  readonly leftover: Leftover | undefined;
  /** A caller waits, and is told of a failure; else a notice says it. */
  attended: boolean;
  /** Ends the delay between two tries that a caller waits for; `true` also one that the server imposed. */
  wake: ((evenIfImposed: boolean) => void) | undefined;
  /** That the ledger does not have it has been reported. */
  lost = false;
  readonly #end = new Eventually<Step["next"]>();

  constructor(job: Job, id: string, leftover?: Leftover) {
    this.job = job;
    this.id = id;
    this.leftover = leftover;
    this.attended = leftover === undefined;
  }

  /** Resolves, and never rejects, with the last step: `again` if the job was left to its record. */
  get over(): Promise<Step["next"]> {
    return this.#end.promise;
  }

  end(how: Step["next"]): void {
    this.#end.resolve(how);
  }
}
