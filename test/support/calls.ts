import type { CyclesClient } from "cycles-client";
import type { OperationId } from "../../generated/operations.js";
import { event, request } from "./responses.js";

/** A valid call of each operation. */
export const calls: Record<OperationId, (client: CyclesClient) => PromiseLike<unknown>> = {
  decide: (client) => client.decide(request),
  // A dry run, because a response to it may leave out `reservation_id`.
  createReservation: (client) => client.createReservation({ ...request, dry_run: true }),
  listReservations: (client) => client.listReservations(),
  getReservation: (client) => client.getReservation("r"),
  commitReservation: (client) => client.commitReservation("r", { actual: request.estimate }),
  releaseReservation: (client) => client.releaseReservation("r"),
  extendReservation: (client) => client.extendReservation("r", { extend_by_ms: 1_000 }),
  getBalances: (client) => client.getBalances({ tenant: "acme" }),
  createEvent: (client) => client.createEvent(event),
  getEvidence: (client) => client.getEvidence("a".repeat(64)),
  getEvidenceJwks: (client) => client.getEvidenceJwks(),
};
