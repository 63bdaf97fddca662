/** A journal in memory, which can contain records of earlier processes. */
export class MemoryJournal {
  #of;
  /** @type {Map<string, string>} */
  #records = new Map();

  /** @param {import("./cases.mjs").Case} of */
  constructor(of) {
    this.#of = of;
  }

  put(reservationId, record) {
    this.#mustHideSecrets(reservationId);
    this.#records.set(reservationId, record);
  }

  remove(reservationId) {
    this.#records.delete(reservationId);
  }

  has(reservationId) {
    return this.#records.has(reservationId);
  }

  list() {
    return [...this.#records].map(([reservationId, record]) => ({ reservationId, record }));
  }

  setAside(reservationId) {
    this.#mustHideSecrets(reservationId);
    this.#records.delete(reservationId);
  }

  /** Adds a record as an earlier process would have left it. A few records are damaged. */
  leave(baseUrl, random, now) {
    const reservationId = random.uuid();
    const actual = { unit: "TOKENS", amount: random.integer(1, 100) };
    const idempotency_key = random.uuid();
    const event = {
      idempotency_key,
      subject: { tenant: "acme" },
      action: { kind: "llm.completion", name: "chat" },
      actual,
      metadata: { recovered_reservation_id: reservationId },
    };
    const record = JSON.stringify({
      version: 1,
      reservation_id: reservationId,
      base_url: baseUrl,
      mode: random.pick(["commit", "commit", "event"]),
      commit_body: { idempotency_key, actual },
      event_fallback_body: event,
      recorded_at_ms: now - random.integer(0, 3_600_000),
      not_before_ms: random.pick([null, null, now + 1_000, now + 10_000_000]),
    });
    const isDamaged = random.chance(0.05);
    this.#records.set(
      reservationId,
      isDamaged ? random.pick(["", "{", "[".repeat(50_000)]) : record,
    );
  }

  /** A user's journal may name a file after the reservation id, so the id must not contain a secret. */
  #mustHideSecrets(reservationId) {
    if (this.#of.world.secrets.leakIn(reservationId) !== undefined)
      this.#of.problem("the name of a record contains a secret");
  }
}
