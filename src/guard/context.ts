import type { OperationId } from "../../generated/operations.js";
import type { Subject, SubjectDefaults } from "../protocol/subject.js";
import type { Settings } from "../settings.js";
import type { Settler } from "../settlement/settler.js";
import type { Send } from "../wire/send.js";
import type { UnguardedTotals } from "./unguarded-totals.js";

/** An open guard, which its client notifies when the client is closed. */
export interface OpenGuard {
  /** Called when the client is closed. */
  clientClosed(): void;
}

/** The parts of the client that its guards use. */
export interface GuardContext {
  readonly settings: Settings;
  readonly send: Send;
  readonly settler: Settler;
  /** Called at the start of every operation. Throws if the client is closed. */
  readonly begin: () => void;
  /** Fills the defaults of the client and of the current scope into the subject of a request. */
  readonly subjectFor: (
    operation: OperationId,
    body: { readonly subject?: SubjectDefaults } | undefined,
  ) => Subject;
  /** The guards that have not ended. */
  readonly open: Set<OpenGuard>;
  /** What the work without reservations may have spent. */
  readonly unguarded: UnguardedTotals;
  /** Makes `client.close()` wait for `work`, within its time limit. */
  readonly background: (work: Promise<unknown>) => void;
}
