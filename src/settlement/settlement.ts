import type { CommitResponse, EventCreateResponse } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { CyclesError } from "../errors.js";

/** The state of a known spend when its caller stops waiting. */
export type Settlement =
  | ({
      readonly state: "committed";
      /** The reservation; that of the allowance, if the spend was a draw. */
      readonly reservationId: string;
      readonly actual: Amount;
      /**
       * The charge to the budgets. The overage policy can make it less than `actual`. A draw is
       * charged in full: the policy applies to the total of its allowance.
       */
      readonly charged: Amount;
      /** The key of the commit or the event; the key of the request, if the spend was a draw. */
      readonly idempotencyKey: string;
    } & (
      | {
          /** The spend was recorded by the commit of its reservation. */
          readonly via: "commit";
          readonly response: CommitResponse;
        }
      | {
          /** The reservation had expired, so the spend was recorded as an event. */
          readonly via: "event";
          readonly response: EventCreateResponse;
        }
      | {
          /** The spend was taken from an allowance, which commits its total when it ends. */
          readonly via: "allowance";
        }
    ))
  | {
      /**
       * The spend is not in the ledger yet, and the client retries it in the background.
       * With `retry: false`, its journal record waits for a later client instead.
       */
      readonly state: "queued";
      readonly reservationId: string;
      readonly actual: Amount;
      readonly idempotencyKey: string;
      /** Whether the journal keeps the spend if this process ends. */
      readonly durable: boolean;
      /** Why the last attempt failed. */
      readonly error: CyclesError;
    };

/** The settlement of a spend that the ledger has. */
export type Committed = Extract<Settlement, { via: "commit" | "event" }>;

/** A known spend that did not reach the ledger, and that this client does not send again. */
export interface Unsettled {
  readonly state: "unsettled";
  /**
   * `refused`: the server refused it for a known reason, so it is not in the ledger.
   * `unknown`: the ledger may have it.
   */
  readonly fate: "refused" | "unknown";
  readonly error: CyclesError;
  /** Whether the journal keeps its record for an operator. */
  readonly kept: boolean;
}
