import type { Clock } from "../clock.js";
import { Deferred } from "../deferred.js";
import type { Job, Progress } from "./job.js";
import type { Leftover } from "./recovery.js";
import { spendId } from "./spend.js";

/** A spend that is not settled yet: its job, and whether a caller waits for it. */
export class PendingSpend {
  readonly job: Job;
  /** Its {@link spendId}, which stays the same when it becomes an event. */
  readonly id: string;
  /** Its place in a pass, if an earlier process left it. */
  readonly leftover: Leftover | undefined;
  /** Whether a caller waits for the result. If not, a notice reports a failure. */
  attended: boolean;
  /** Ends the delay that a caller waits for; with `true`, even one that the server asked for. */
  wake: ((evenBeforeRetryAfter: boolean) => void) | undefined;
  /** Whether a notice or the caller's result has reported that the ledger does not have it. */
  isReported = false;
  readonly #end = new Deferred<Progress["next"]>();

  constructor(job: Job, leftover?: Leftover) {
    this.job = job;
    this.id = spendId(job.spend);
    this.leftover = leftover;
    this.attended = leftover === undefined;
  }

  /** Resolves with the last result: `retry` if the client stops sending it. Never rejects. */
  get ended(): Promise<Progress["next"]> {
    return this.#end.promise;
  }

  end(last: Progress["next"]): void {
    this.#end.resolve(last);
  }
}

/**
 * The pending spends of all clients of this process, by clock. Clients that share a journal skip
 * each other's spends. A client with its own clock, as in a simulation, counts as another process.
 */
const underWay = new WeakMap<Clock, Map<string, PendingSpend>>();

/** Returns the pending spends of this process, by their ids. */
export function spendsUnderWay(clock: Clock): Map<string, PendingSpend> {
  const known = underWay.get(clock);
  if (known) return known;
  const spends = new Map<string, PendingSpend>();
  underWay.set(clock, spends);
  return spends;
}
