import { type CyclesClient, isCyclesError, type Notice } from "cycles-client";

/** The errors of a release whose reservation has already ended, and so holds no budget. */
const ENDED = ["RESERVATION_FINALIZED", "RESERVATION_EXPIRED", "NOT_FOUND"];

/** The reservations of one run of the tests. They are released at its end, even after a failure. */
export class LiveReservations {
  /** The action name by which the reservations of this run are found among others. */
  readonly name: string;
  readonly #ids = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  /** Records the reservations of guards when they are granted. */
  readonly onNotice = (notice: Notice): void => {
    if (notice.type === "reserved") this.add(notice.reservationId);
  };

  /** Records a reservation, and returns its id. */
  add(id: string | undefined): string {
    if (id) this.#ids.add(id);
    return id ?? "";
  }

  /**
   * Releases every reservation of this run that still holds budget. Those whose
   * response was lost are found by their action. If one release fails, the others still run.
   *
   * @throws an error that has every failure
   */
  async release(client: CyclesClient): Promise<void> {
    const failures: unknown[] = [];
    try {
      for await (const { action, reservation_id } of client.listReservations({ status: "ACTIVE" }))
        if (action.name === this.name) this.add(reservation_id);
    } catch (error) {
      failures.push(error);
    }
    for (const id of this.#ids) {
      try {
        await client.releaseReservation(id, { reason: "the tests have ended" });
      } catch (error) {
        const isEnded = ENDED.some((code) => isCyclesError(error, code));
        if (!isEnded) failures.push(new Error(`${id} was not released`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${this.name} left reservations`);
  }
}
