import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { CyclesError } from "../errors.js";

/** What became of a known spend while its caller waited. */
export type Settlement =
  | {
      readonly state: "committed";
      readonly reservationId: string;
      readonly actual: Amount;
      /** What the budgets were charged: less than `actual` if the overage policy cut it short. */
      readonly charged: Amount;
      readonly idempotencyKey: string;
      /** The reservation's own commit. */
      readonly via: "commit";
      readonly response: components["schemas"]["CommitResponse"];
    }
  | {
      readonly state: "committed";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly charged: Amount;
      readonly idempotencyKey: string;
      /** The reservation had expired, so the spend was recorded as an event. */
      readonly via: "event";
      readonly response: components["schemas"]["EventCreateResponse"];
    }
  | {
      /**
       * The ledger cannot be reached now. The spend is retried in the background; with `retry: false` it is left to its
       * record in the journal, for a later client.
       */
      readonly state: "queued";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly idempotencyKey: string;
      /** Whether it outlives this process. */
      readonly durable: boolean;
      /** Why the last try failed. */
      readonly error: CyclesError;
    };

/** A known spend that did not reach the ledger while its caller waited, and that nothing here sends any more. */
export interface Unsettled {
  readonly state: "unsettled";
  /** `refused`: the server understood and said no, so the ledger does not have it. `unknown`: it may have it. */
  readonly fate: "refused" | "unknown";
  readonly error: CyclesError;
  /** Whether its record is set aside in the journal, where an operator finds it. */
  readonly kept: boolean;
}
