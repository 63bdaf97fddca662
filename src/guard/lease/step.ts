/** The next step of a heartbeat. */
export type Step =
  /** A new extension with a new key, `inMs` milliseconds after the last response was received. */
  | { readonly kind: "beat"; readonly inMs: number; readonly regime: Regime }
  /** The extension that failed, with the same key and bytes, `inMs` milliseconds from now. */
  | { readonly kind: "retry"; readonly inMs: number }
  | { readonly kind: "stop"; readonly because: StopReason };

/** What the delay of a beat is based on. */
export type Regime =
  /** The server says how long the lease lasts. */
  | "reported"
  /** The server does not say, and no extension has been measured yet. */
  | "unmeasured"
  /** The server does not say, and grants about what is requested. */
  | "full_grants"
  /** The server does not say, and grants less than is requested. */
  | "smaller_grants"
  /** The server does not say, and seems to keep the expiry at a fixed distance from the present. */
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
