import type { Settings } from "../settings.js";
import type { Settler } from "../settlement/settler.js";
import type { Send } from "../wire/send.js";

/** A guard that the client closes with itself. */
export interface OpenGuard {
  /** The client is being closed. */
  clientClosed(): void;
}

/** What guards need of their client. */
export interface GuardContext {
  readonly settings: Settings;
  readonly send: Send;
  readonly settler: Settler;
  /** Every operation begins with it: throws once the client is closed. */
  readonly begin: () => void;
  /** The guards that have not ended. */
  readonly open: Set<OpenGuard>;
  /** Keeps the client from closing before `work` has ended, for as long as it waits at all. */
  readonly background: (work: Promise<unknown>) => void;
}
