/** The next step of a heartbeat. */
export type Step =
  /** A new extension with a new key, `inMs` milliseconds after the last response was received. */
  | { readonly kind: "beat"; readonly inMs: number; readonly regime: Regime }
  /** The extension that failed, with the same key and bytes, `inMs` milliseconds from now. */
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "stop"; readonly because: StopReason };

/** The basis for the delay of a beat. */
export type Regime =
  /** The server reports how long the lease lasts. */
  | "reported"
  /** The server does not report it, and no extension has been measured yet. */
  | "unmeasured"
  /** The server does not report it, and grants about as much as requested. */
  | "full_grants"
  /** The server does not report it, and grants less than requested. */
  | "smaller_grants"
  /** The server does not report it, and seems to limit how far ahead the expiry can be. */
  | "maximum_lead";

/** Why no further extension follows. */
export type StopReason =
  /** The server refused, and would refuse a retry too. */
  | "refused"
  /** After two responses in a row, too little was left for an extension and its retry. */
  | "lease_too_short"
  /** Too little of the lease is certain to be left for a complete attempt. */
  | "too_late"
  /** The last attempt that fitted into the lease has failed. */
  | "retry_spent"
  /** Since the last failure, neither the clock nor the time left for a retry has changed. */
  | "no_progress"
  /** The server asks for a longer pause than the lease allows, or does not say for how long. */
  | "throttled"
  /** The client failed unexpectedly, for example in the user's clock. */
  | "broken";
