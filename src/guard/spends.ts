import { defaults } from "../../generated/constants.js";
import type { ReservationCreateRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { Notify } from "../notices.js";
import { fitDetails, type FittedDetails } from "../settlement/details.js";
import type { Settlement } from "../settlement/settlement.js";
import type { LoggedNote } from "../settlement/spend-log.js";
import { type Spend, toLogged, toSpend } from "../settlement/spend.js";
import type { GuardContext } from "./context.js";
import type { Grant } from "./grant.js";
import type { FailedCommit, Note } from "./transition.js";

/**
 * Makes and sends the spends of a guard. What is logged and what is committed next have the same key, so that
 * the ledger gets only one of them if another process commits what was logged.
 */
export class Spends {
  readonly #context: Pick<GuardContext, "settings" | "settler">;
  readonly #grant: Grant;
  #key: string | undefined;
  /** The amount that was last logged with this key. */
  #logged: Amount | undefined;
  /** The logged amount that another process has taken over. */
  #taken: Amount | undefined;

  constructor(context: Pick<GuardContext, "settings" | "settler">, grant: Grant) {
    this.#context = context;
    this.#grant = grant;
  }

  /** Serialises a note at once, so that later changes to the caller's objects have no effect. */
  toCommit(note: Note): Spend {
    const details = fitDetails(note.details);
    reportChanged(details, this.#grant, this.#context.settings.notify);
    return this.#spend(note, details);
  }

  /** Sends a spend. Never rejects. */
  async settle(spend: Spend, isAgain: boolean): Promise<Settlement | FailedCommit> {
    const result = await this.#context.settler.settle(spend, isAgain);
    if (result.state !== "unsettled") return result;
    // The next commit may have another amount, so it has a new key.
    if (result.fate === "refused") this.#forget();
    return { spend, because: result };
  }

  /**
   * Keeps a note in the log in case this process dies. Never throws.
   *
   * @param read returns the latest note
   * @param leaseEnd returns when the lease ends, in epoch milliseconds
   */
  log(read: () => Note | undefined, leaseEnd: () => number): void {
    const { log } = this.#context.settler;
    log?.note(this.#grant.id, (isTaken) => this.#toLog(read(), leaseEnd(), isTaken));
  }

  /** @param isTaken whether another process has taken over what was logged before */
  #toLog(note: Note | undefined, leaseEnd: number, isTaken: boolean): LoggedNote | undefined {
    if (isTaken) this.#taken = this.#logged;
    if (note === undefined) return undefined;
    try {
      const logged = toLogged(this.#spend(note, fitDetails(note.details)));
      this.#logged = note.actual;
      return logged && { ...logged, until: Math.ceil(leaseEnd + this.#graceMs()) };
    } catch {
      // For example, a user's clock can throw. The commit then reports it.
      return undefined;
    }
  }

  #forget(): void {
    this.#key = undefined;
    this.#logged = undefined;
    this.#taken = undefined;
  }

  #spend({ actual }: Note, details: FittedDetails): Spend {
    const { id: reservationId, traceId, scopes, sent: reserved, action, estimate } = this.#grant;
    const idempotencyKey = (this.#key ??= crypto.randomUUID());
    const logged = this.#taken ?? this.#logged;
    const noted = logged?.amount === actual.amount ? undefined : logged;
    return toSpend(this.#context.settings, {
      reservationId,
      reserved,
      action,
      estimate,
      actual,
      idempotencyKey,
      traceId,
      scopes,
      details,
      noted,
    });
  }

  #graceMs(): number {
    // The operation's validator accepted this text before it was sent.
    const { grace_period_ms: given } = JSON.parse(this.#grant.sent) as ReservationCreateRequest;
    return given ?? defaults.ReservationCreateRequest.grace_period_ms;
  }
}

/** Reports the details of a spend that were rounded or left out. */
export function reportChanged(
  { changed }: FittedDetails,
  { id: reservationId }: Grant,
  notify: Notify,
): void {
  if (changed.length > 0) notify({ type: "details_changed", reservationId, fields: changed });
}
