import { lifecyclesOf } from "./diary.mjs";

/** The longest time for which a note waits until it is written. */
const NOTE_INTERVAL_MS = 250;
/** Timers have a resolution of a millisecond, and run a little late when the system is busy. */
const TIMER_DELAY_MS = 25;

/**
 * Checks the ledger of a kill test: it must contain every known spend once, with its amount, and no other spend.
 *
 * A spend is known if `commit` returned before the kill. If not, it is known if it was in the journal or in the ledger
 * when its process died. If its process had only noted amounts, the ledger must contain the last one that is not younger
 * than the interval of notes. If it had noted nothing, no spend is known.
 *
 * A process that was asleep may find that another amount was recorded. It must report that once, with both amounts.
 */
export class Accounts {
  /** @type {Map<string, { actual: number, via: string }[]>} */
  #accepted;
  /** @type {Map<string, { life: number, noted?: number }[]>} */
  #notices;
  #expected = new Set();
  /** @type {string[]} */
  problems = [];
  known = 0;
  knownSum = 0;
  notYetKnown = 0;
  /** The guards whose process died or slept while only notes were known, and what is missing of their notes. */
  noted = { guards: 0, tokens: 0, missing: 0, mostMissing: 0, missingMs: 0, mostMissingMs: 0 };
  /** The processes that woke, and found another amount in the ledger. */
  superseded = { byOthers: 0, reportedByOwner: 0, reportedByOthers: 0, notesRefused: 0 };

  constructor({ lives, ledger, left }) {
    this.#accepted = groups(ledger.accepted.map((one) => [one.reservationId, one]));
    this.#notices = groups(
      lives.flatMap(({ number, diary }) =>
        diary
          .filter(({ what }) => what === "notice")
          .map((notice) => [notice.reservationId, { ...notice, life: number }]),
      ),
    );
    for (const life of lives)
      for (const [id, steps] of lifecyclesOf(life.diary)) this.#check(id, steps, life);
    this.#checkOthers(ledger, left);
  }

  #check(id, steps, life) {
    this.#expected.add(id);
    const cut = life.cuts.find(({ reservationId }) => reservationId === id);
    const found = this.#accepted.get(id) ?? [];
    const actual = found.at(0)?.actual;
    const amount = steps.findLast(({ what }) => what === "commits")?.amount;
    const hasEnded = steps.some(({ what }) => what === "settled" || what === "refused");
    const complain = (what) => {
      const notices = JSON.stringify(this.#notices.get(id) ?? []);
      this.problems.push(
        `${id} of ${life.name}: ${what}; ledger ${JSON.stringify(found)}; notices ${notices}; ` +
          `cut ${JSON.stringify(cut)}; last steps ${JSON.stringify(steps.slice(-4))}`,
      );
    };
    if (found.length > 1) complain("recorded more than once");
    if (cut === undefined || cut.hasSpend) {
      if (!hasEnded && cut === undefined) complain("did not end");
      this.#know(amount);
      if (actual !== amount) complain(`${amount} known`);
      this.#mustBeReported(id, 0, complain);
      return;
    }
    const notes = steps.filter(({ what, at }) => what === "notes" && at <= cut.lastAt);
    if (notes.length === 0 && !hasEnded) {
      this.notYetKnown += 1;
      if (actual !== undefined) complain("recorded, although it was not known");
      return;
    }
    if (actual !== undefined) this.#know(actual);
    if (hasEnded && actual === amount) {
      // Others that have taken over its notes report that they could not record them.
      this.superseded.notesRefused += (this.#notices.get(id) ?? []).length;
      return;
    }
    this.#checkNotes(notes, actual, cut, complain);
    if (!hasEnded) this.#mustBeReported(id, 0, complain);
    else {
      this.superseded.byOthers += 1;
      this.#checkNotices(id, actual, life, complain);
    }
  }

  /**
   * Checks that the process that woke reports once that another amount was recorded, and which. Other processes may
   * have sent its spend as well: each of them then reports that it was refused.
   */
  #checkNotices(id, actual, { number }, complain) {
    const notices = this.#notices.get(id) ?? [];
    const own = notices.filter(({ life }) => life === number);
    this.superseded.reportedByOwner += own.length;
    this.superseded.reportedByOthers += notices.length - own.length;
    if (notices.length === 0 || own.length > 1) complain("not reported once");
    for (const { noted } of own) if (noted !== actual) complain(`the notice names ${noted}`);
  }

  #know(amount) {
    this.known += 1;
    this.knownSum += amount;
  }

  #mustBeReported(id, times, complain) {
    const reported = (this.#notices.get(id) ?? []).length;
    if (reported !== times) complain(`reported ${reported} times instead of ${times}`);
  }

  /** Checks that only the last notes are missing in the ledger. */
  #checkNotes(notes, actual, { lastAt, turnAt }, complain) {
    const recorded = notes.findIndex(({ amount }) => amount === actual);
    if (actual !== undefined && recorded < 0)
      complain("an amount was recorded that was never noted");
    const noted = notes.at(-1).amount;
    const missing = noted - (actual ?? 0);
    const [first] = notes.slice(recorded + 1);
    const missingMs = first ? lastAt - first.at : 0;
    this.noted.guards += 1;
    this.noted.tokens += noted;
    this.noted.missing += missing;
    this.noted.mostMissing = Math.max(this.noted.mostMissing, missing);
    this.noted.missingMs += missingMs;
    this.noted.mostMissingMs = Math.max(this.noted.mostMissingMs, missingMs);
    // The first note of a guard does not wait.
    const mostMs = recorded < 0 ? 0 : NOTE_INTERVAL_MS;
    if (first && turnAt - first.at > mostMs + TIMER_DELAY_MS)
      complain(`${missing} tokens of the last ${missingMs} ms are missing`);
  }

  #checkOthers(ledger, left) {
    for (const id of this.#accepted.keys())
      if (!this.#expected.has(id)) this.problems.push(`${id}: recorded, although it was not known`);
    if (ledger.spent !== this.knownSum)
      this.problems.push(`the ledger contains ${ledger.spent} tokens, not ${this.knownSum}`);
    if (ledger.reserved !== 0) this.problems.push(`${ledger.reserved} tokens are still reserved`);
    for (const id of ledger.withoutRecord)
      this.problems.push(`${id}: sent before it was in the journal`);
    // What was refused because another amount is in the ledger is set aside, and a notice has said so.
    const most = [...this.#notices.values()].flat().length;
    const aside = left.filter((file) => file.endsWith(".rejected"));
    if (aside.length > most)
      this.problems.push(`${aside.length} records are set aside, not ${most}`);
    for (const file of left)
      if (!aside.includes(file)) this.problems.push(`left in the journal: ${file}`);
  }
}

/** @type {<Value>(pairs: readonly (readonly [string, Value])[]) => Map<string, Value[]>} */
function groups(pairs) {
  const found = new Map();
  for (const [key, value] of pairs) found.set(key, [...(found.get(key) ?? []), value]);
  return found;
}
