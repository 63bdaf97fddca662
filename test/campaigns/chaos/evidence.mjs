const DAY_MS = 86_400_000;
/** After this time, a server may forget an idempotency key, and the same request would charge again. */
const REMEMBERED_MS = { commit: 30 * DAY_MS, events: 7 * DAY_MS };
/** The wall clock of a process is wrong by at most this much. */
const CLOCK_ERROR_MS = 2 * DAY_MS;

/**
 * What reached the journal and the ledger, noted when it happens. What the client reports does not count as evidence.
 * It also notes every request that a client must never send.
 */
export class Evidence {
  #now;
  /** For each reservation, the actuals of its journal records, in order. */
  #records = new Map();
  /** The reservations and modes whose record could not be written. Their requests are sent without a record. */
  #unwritable = new Set();
  /** The reservations and modes whose record was written. */
  #written = new Set();
  /** What the ledger accepted: by reservation id, then by "commit" or the event id. */
  #settlements = new Map();
  /** The body and time of the first request with a path and a key. */
  #firstSeen = new Map();
  /** Descriptions of requests that must not be sent. @type {string[]} */
  violations = [];

  /** @param {() => number} now the ledger's time */
  constructor(now) {
    this.#now = now;
  }

  /**
   * Notes a record that was written to the journal.
   * @param {string} reservationId
   * @param {string} text
   */
  recorded(reservationId, text) {
    const { mode, actual } = spendIn(text);
    this.#records.set(reservationId, [...this.recordsOf(reservationId), actual]);
    this.#written.add(`${reservationId} ${mode}`);
  }

  /**
   * Notes a record that the disk did not store.
   * @param {string} reservationId
   * @param {string} text
   */
  notRecorded(reservationId, text) {
    this.#unwritable.add(`${reservationId} ${spendIn(text).mode}`);
  }

  /**
   * Checks a request that reaches the ledger.
   * @param {string} url
   * @param {string} body
   */
  arrived(url, body) {
    const path = new URL(url).pathname;
    const operation = path.split("/").at(-1) ?? "";
    const { idempotency_key: key } = JSON.parse(body);
    const now = this.#now();
    const first = this.#firstSeen.get(`${path} ${key}`);
    if (first === undefined) this.#firstSeen.set(`${path} ${key}`, { body, at: now });
    else if (first.body !== body)
      this.violations.push(`${path}: key ${key} was sent with two bodies`);
    else if (this.#mayBeForgotten(operation, body, now - first.at))
      this.violations.push(
        `${path}: key ${key} was sent again after the server may have forgotten it`,
      );
    const id = path.split("/").at(-2) ?? "";
    if (operation === "release" && this.#records.has(id))
      this.violations.push(`${path}: released after its spend was recorded`);
    if (operation === "commit") this.#mustBeWritten(id, "commit", path);
    if (operation === "events")
      this.#mustBeWritten(JSON.parse(body).metadata.recovered_reservation_id, "event", path);
  }

  /**
   * Notes a response of the ledger, even if the response is lost later.
   * @param {string} url
   * @param {string} body
   * @param {number} status
   * @param {string} text
   */
  responded(url, body, status, text) {
    const parts = new URL(url).pathname.split("/");
    const operation = parts.at(-1);
    if (operation === "commit" && status === 200) this.#settled(parts.at(-2), "commit", body, text);
    if (operation === "events" && status === 201) {
      const { metadata } = JSON.parse(body);
      this.#settled(metadata.recovered_reservation_id, JSON.parse(text).event_id, body, text);
    }
  }

  /**
   * Returns the actuals of all journal records of a reservation, in order.
   * @param {string} reservationId
   * @returns {readonly number[]}
   */
  recordsOf(reservationId) {
    return this.#records.get(reservationId) ?? [];
  }

  /** Returns what the ledger accepted for a reservation. @param {string} reservationId */
  settlementsOf(reservationId) {
    return [...(this.#settlements.get(reservationId)?.values() ?? [])];
  }

  /** Whether the disk failed to store the commit record of a reservation. @param {string} reservationId */
  hadNoDisk(reservationId) {
    return this.#unwritable.has(`${reservationId} commit`);
  }

  /** Whether the ledger accepted an event with the key of this body. @param {string} body */
  hasAccepted(body) {
    const { idempotency_key, metadata } = JSON.parse(body);
    const found = this.settlementsOf(metadata.recovered_reservation_id);
    return found.some(({ key }) => key === idempotency_key);
  }

  /** The sum of all charges. */
  get charged() {
    let sum = 0;
    for (const settlements of this.#settlements.values())
      for (const { charged } of settlements.values()) sum += charged;
    return sum;
  }

  /**
   * Whether the server may have forgotten the key of a request. If the disk did not store the switch from commit to
   * event, the next process cannot know that an event was sent, so a late event is no violation.
   */
  #mayBeForgotten(operation, body, ageMs) {
    if (!(ageMs > REMEMBERED_MS[operation] + CLOCK_ERROR_MS)) return false;
    if (operation !== "events") return true;
    return !this.#unwritable.has(`${JSON.parse(body).metadata.recovered_reservation_id} event`);
  }

  #mustBeWritten(reservationId, mode, path) {
    const what = `${reservationId} ${mode}`;
    if (!this.#written.has(what) && !this.#unwritable.has(what))
      this.violations.push(`${path}: sent for ${what} before its record was in the journal`);
  }

  #settled(reservationId, id, body, text) {
    const { actual, idempotency_key: key } = JSON.parse(body);
    const { charged = actual } = JSON.parse(text);
    const settlements = this.#settlements.get(reservationId) ?? new Map();
    const via = id === "commit" ? "commit" : "event";
    settlements.set(id, { via, key, actual: actual.amount, charged: charged.amount });
    this.#settlements.set(reservationId, settlements);
  }
}

/**
 * Reads the spend from a journal record.
 * @param {string} record
 */
export function spendIn(record) {
  const found = JSON.parse(record);
  const { mode = "commit", reservation_id: reservationId } = found;
  const body = mode === "event" ? found.event_fallback_body : found.commit_body;
  return { reservationId, mode, actual: body.actual.amount, key: body.idempotency_key };
}
