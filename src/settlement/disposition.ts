import type { Verdict } from "../wire/judge.js";

/** The way in which a spend is recorded: by its reservation's commit, or, once that has expired, as an event. */
export type Mode = "commit" | "event";

/** What a failed attempt to record a spend asks for. */
export type Disposition =
  /** Understood and refused: asking again with the same key changes nothing. */
  | { readonly next: "refused" }
  /** The reservation is gone, the spend is not: record it as an event, with the same key. */
  | { readonly next: "record_as_event" }
  /** Not recorded as far as we know, and not refused: try again, no sooner than the server allows. */
  | {
      readonly next: "retry";
      /** Who has to wait: this spend only, or all spends, because the server itself is in trouble. */
      readonly scope: "spend" | "server";
      readonly retryAfterMs: number | undefined;
    };

/** The longest that a server may make a spend wait. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** These codes say nothing about the spend: keys are rotated, and a server whose store is down also returns 401. */
const ABOUT_THE_KEY = ["UNAUTHORIZED", "FORBIDDEN"];

/**
 * Decides on an attempt that failed. A 401, a 429, a 5xx, an ambiguous response and no response at all concern every
 * spend; any other refusal concerns the one that was sent. (Protocol: client recovery, core level.)
 */
export function disposition(
  mode: Mode,
  verdict: Exclude<Verdict, { kind: "success" }>,
): Disposition {
  switch (verdict.kind) {
    case "limited":
      return {
        next: "retry",
        scope: "server",
        retryAfterMs:
          verdict.retryAfterMs && Math.min(verdict.retryAfterMs, LONGEST_RETRY_AFTER_MS),
      };
    case "ambiguous":
    case "unreachable":
      return { next: "retry", scope: "server", retryAfterMs: undefined };
    case "rejected": {
      const code = verdict.body?.error;
      if (mode === "commit" && (code === "RESERVATION_EXPIRED" || verdict.status === 410))
        return { next: "record_as_event" };
      if (verdict.understood && !ABOUT_THE_KEY.includes(code ?? "")) return { next: "refused" };
      const scope = verdict.status === 401 || verdict.status < 400 ? "server" : "spend";
      return { next: "retry", scope, retryAfterMs: undefined };
    }
    default:
      return verdict satisfies never;
  }
}
