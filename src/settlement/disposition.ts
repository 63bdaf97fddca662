import type { Verdict } from "../wire/judge.js";

/** The way in which a spend is recorded: by its reservation's commit, or, once that has expired, as an event. */
export type Mode = "commit" | "event";

/** What a failed attempt to record a spend asks for. */
export type Disposition =
  /** Understood and refused: asking again with the same key changes nothing. */
  | { readonly next: "refused" }
  /** The reservation is gone, the spend is not: record it as an event, with the same key. */
  | { readonly next: "record_as_event" }
  /** Not recorded as far as we know, and not refused: once more, no sooner than the server allows. */
  | { readonly next: "retry"; readonly retryAfterMs: number | undefined };

/** The longest that a server may make a spend wait. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** Says nothing about the spend: keys are rotated, and a server without its store refuses good ones. */
const ABOUT_THE_KEY = ["UNAUTHORIZED", "FORBIDDEN"];

/** Decides on an attempt that failed. (Protocol: client recovery, core level.) */
export function disposition(
  mode: Mode,
  verdict: Exclude<Verdict, { kind: "success" }>,
): Disposition {
  switch (verdict.kind) {
    case "limited":
      return {
        next: "retry",
        retryAfterMs:
          verdict.retryAfterMs && Math.min(verdict.retryAfterMs, LONGEST_RETRY_AFTER_MS),
      };
    case "ambiguous":
    case "unreachable":
      return { next: "retry", retryAfterMs: undefined };
    case "rejected": {
      const code = verdict.body?.error;
      if (mode === "commit" && (code === "RESERVATION_EXPIRED" || verdict.status === 410))
        return { next: "record_as_event" };
      const final = verdict.understood && !ABOUT_THE_KEY.includes(code ?? "");
      return final ? { next: "refused" } : { next: "retry", retryAfterMs: undefined };
    }
    default:
      return verdict satisfies never;
  }
}
