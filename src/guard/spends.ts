import { defaults } from "../../generated/constants.js";
import type { ReservationCreateRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { Notify } from "../notices.js";
import type { Settings } from "../settings.js";
import { fitDetails, type FittedDetails } from "../settlement/details.js";
import type { LoggedNote } from "../settlement/spend-log.js";
import { type NewSpend, toLogged, toSpend } from "../settlement/spend.js";
import type { Grant } from "./grant.js";
import type { Note } from "./transition.js";

/**
 * Makes the spends of a guard. What is logged and what is committed next have the same key, so that
 * the ledger gets only one of them if another process commits what was logged.
 */
export class Spends {
  readonly #settings: Settings;
  readonly #grant: Grant;
  #key: string | undefined;
  /** The amount that was last logged with this key. */
  #logged: Amount | undefined;
  /** The logged amount that another process has taken over. */
  #taken: Amount | undefined;

  constructor(settings: Settings, grant: Grant) {
    this.#settings = settings;
    this.#grant = grant;
  }

  /** Serialises a note at once, so that later changes to the caller's objects have no effect. */
  toCommit(note: Note): NewSpend {
    const details = fitDetails(note.details);
    reportChanged(details, this.#grant, this.#settings.notify);
    return this.#spend(note, details);
  }

  /**
   * Returns what the log keeps of a note in case this process dies. Never throws.
   *
   * @param leaseEnd when the lease ends, in epoch milliseconds
   * @param isTaken whether another process has taken over what was logged before
   */
  toLog(note: Note | undefined, leaseEnd: number, isTaken: boolean): LoggedNote | undefined {
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

  /** Called when a commit was refused. The next one may have another amount, so it has a new key. */
  refused(): void {
    this.#key = undefined;
    this.#logged = undefined;
    this.#taken = undefined;
  }

  #spend({ actual }: Note, details: FittedDetails): NewSpend {
    const { id: reservationId, traceId, scopes, sent: reserved, action, estimate } = this.#grant;
    const idempotencyKey = (this.#key ??= crypto.randomUUID());
    const logged = this.#taken ?? this.#logged;
    const noted = logged?.amount === actual.amount ? undefined : logged;
    const draft = { reservationId, reserved, actual, idempotencyKey, traceId, scopes, details };
    return toSpend(this.#settings, { ...draft, action, estimate, noted });
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
