/** What a heartbeat does next. */
export type Step =
  /** A fresh extension with a key of its own, so many milliseconds after the last answer was received. */
  | { readonly kind: "beat"; readonly inMs: number; readonly regime: Regime }
  /** The extension that failed, with the same key and bytes, so many milliseconds from now. */
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "stop"; readonly because: StopReason };

/** By what a beat was planned. */
export type Regime =
  /** The server says how long the lease lasts. */
  | "reported"
  /** It does not, and no extension has been measured yet. */
  | "unmeasured"
  /** It does not, and grants about what it is asked for. */
  | "full_grants"
  /** It does not, and grants less each time. */
  | "smaller_grants"
  /** It does not, and seems to hold the expiry at a fixed distance from now, whatever is asked. */
  | "maximum_lead";

/** Why no extension follows. */
export type StopReason =
  /** The server refused, and the same request would be refused again. */
  | "refused"
  /** Two answers in a row left less than an extension and its repeat may take. */
  | "lease_too_short"
  /** No complete attempt fits any more into what is certain of the lease. */
  | "too_late"
  /** The last attempt that just fitted has failed, too. */
  | "retry_spent"
  /** Neither the clock nor the room for a retry has moved since the last failure. */
  | "no_progress"
  /** The server wants a longer pause than the lease allows, or does not say how long. */
  | "throttled"
  /** The client itself failed, or a part of it that the user gave, such as the clock. */
  | "broken";
