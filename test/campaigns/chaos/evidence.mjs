const DAY_MS = 86_400_000;
/** After so long the server may have forgotten a key, and would charge again. */
const REMEMBERED_MS = { commit: 30 * DAY_MS, events: 7 * DAY_MS };
/** The wall clocks of the processes are wrong by so much at the most. */
const CLOCK_ERROR_MS = 2 * DAY_MS;

/**
 * What the journal and the ledger have seen, taken down where it happens: the client's own words do not count here.
 * It also watches for what must never be sent.
 */
export class Evidence {
  #now;
  /** The actuals that had a record in the journal, by reservation, in order. */
  #records = new Map();
  /** Reservations and modes whose record could not be written: they are sent without one. */
  #unwritable = new Set();
  /** Reservations and modes that had their record. */
  #written = new Set();
  /** What the ledger has accepted, by the id of the reservation, and there by commit or event id. */
  #settlements = new Map();
  /** Body and time of the first arrival, by path and key. */
  #firstSeen = new Map();
  /** What was sent and must not have been. @type {string[]} */
  violations = [];

  /** @param {() => number} now the ledger's time */
  constructor(now) {
    this.#now = now;
  }

  /**
   * A record is in the journal.
   * @param {string} reservationId
   * @param {string} text
   */
  recorded(reservationId, text) {
    const { mode, actual } = spendIn(text);
    this.#records.set(reservationId, [...this.recordsOf(reservationId), actual]);
    this.#written.add(`${reservationId} ${mode}`);
  }

  /**
   * The disk did not take a record.
   * @param {string} reservationId
   * @param {string} text
   */
  notRecorded(reservationId, text) {
    this.#unwritable.add(`${reservationId} ${spendIn(text).mode}`);
  }

  /**
   * A request reaches the ledger.
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
    else if (first.body !== body) this.violations.push(`${path}: key ${key} with two bodies`);
    else if (this.#isForgotten(operation, body, now - first.at))
      this.violations.push(`${path}: key ${key} again after the server has forgotten it`);
    const id = path.split("/").at(-2) ?? "";
    if (operation === "release" && this.#records.has(id))
      this.violations.push(`${path}: released after its spend was recorded`);
    if (operation === "commit") this.#mustBeWritten(id, "commit", path);
    if (operation === "events")
      this.#mustBeWritten(JSON.parse(body).metadata.recovered_reservation_id, "event", path);
  }

  /**
   * The ledger has answered, whatever becomes of the answer.
   * @param {string} url
   * @param {string} body
   * @param {number} status
   * @param {string} text
   */
  answered(url, body, status, text) {
    const parts = new URL(url).pathname.split("/");
    const operation = parts.at(-1);
    if (operation === "commit" && status === 200) this.#settled(parts.at(-2), "commit", body, text);
    if (operation === "events" && status === 201) {
      const { metadata } = JSON.parse(body);
      this.#settled(metadata.recovered_reservation_id, JSON.parse(text).event_id, body, text);
    }
  }

  /**
   * The actuals that the journal has had of a reservation, the last one at the end.
   * @param {string} reservationId
   * @returns {readonly number[]}
   */
  recordsOf(reservationId) {
    return this.#records.get(reservationId) ?? [];
  }

  /** What the ledger has of a reservation. @param {string} reservationId */
  settlementsOf(reservationId) {
    return [...(this.#settlements.get(reservationId)?.values() ?? [])];
  }

  /** Whether the disk has failed to take a record of a reservation. @param {string} reservationId */
  hadNoDisk(reservationId) {
    return this.#unwritable.has(`${reservationId} commit`);
  }

  /** Whether the ledger has accepted the key of an event's body. @param {string} body */
  hasAccepted(body) {
    const { idempotency_key, metadata } = JSON.parse(body);
    const found = this.settlementsOf(metadata.recovered_reservation_id);
    return found.some(({ key }) => key === idempotency_key);
  }

  /** What the ledger has charged in all. */
  get charged() {
    let sum = 0;
    for (const settlements of this.#settlements.values())
      for (const { charged } of settlements.values()) sum += charged;
    return sum;
  }

  /** Where the disk did not take the switch to the event, the next process cannot know that there was one. */
  #isForgotten(operation, body, ageMs) {
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
 * The spend in a record of the journal.
 * @param {string} record
 */
export function spendIn(record) {
  const found = JSON.parse(record);
  const { mode = "commit", reservation_id: reservationId } = found;
  const body = mode === "event" ? found.event_fallback_body : found.commit_body;
  return { reservationId, mode, actual: body.actual.amount, key: body.idempotency_key };
}
