import { defaults } from "../../generated/constants.js";
import type { CommitRequest, ReservationCreateRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { Settings } from "../settings.js";
import { fitDetails, type FittedDetails } from "../settlement/details.js";
import type { LoggedNote, SpendLog } from "../settlement/spend-log.js";
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
  readonly #log: SpendLog | undefined;
  #key: string | undefined;
  /** The amount that was last logged with this key. */
  #logged: Amount | undefined;

  constructor(settings: Settings, grant: Grant, log: SpendLog | undefined) {
    this.#settings = settings;
    this.#grant = grant;
    this.#log = log;
  }

  /** Serialises a note at once, so that later changes to the caller's objects have no effect. */
  toCommit(note: Note): NewSpend {
    const { id: reservationId } = this.#grant;
    const details = fitDetails(note.details);
    const { changed } = details;
    if (changed.length > 0)
      this.#settings.notify({ type: "details_changed", reservationId, fields: changed });
    return this.#spend(note, details);
  }

  /**
   * Returns what the log keeps of a note in case this process dies. Never throws.
   *
   * @param leaseEnd when the lease ends, in epoch milliseconds
   */
  toLog(note: Note | undefined, leaseEnd: number): LoggedNote | undefined {
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
  }

  #spend({ actual }: Note, details: FittedDetails): NewSpend {
    const { id: reservationId, traceId, scopes, sent: reserved } = this.#grant;
    const idempotencyKey = (this.#key ??= crypto.randomUUID());
    const elsewhere = this.#notedElsewhere();
    const noted = elsewhere?.amount === actual.amount ? undefined : elsewhere;
    const draft = { reservationId, reserved, actual, idempotencyKey, traceId, scopes, details };
    return toSpend(this.#settings, { ...draft, noted });
  }

  /** The amount that another process commits with the current key if it takes this one for dead. */
  #notedElsewhere(): Amount | undefined {
    const taken = this.#log?.takenOver(this.#grant.id);
    if (taken === undefined || taken.idempotencyKey !== this.#key) return this.#logged;
    // `toLog` made this text of a valid amount.
    return (JSON.parse(taken.commit) as CommitRequest).actual;
  }

  #graceMs(): number {
    // The operation's validator accepted this text before it was sent.
    const { grace_period_ms: given } = JSON.parse(this.#grant.sent) as ReservationCreateRequest;
    return given ?? defaults.ReservationCreateRequest.grace_period_ms;
  }
}
