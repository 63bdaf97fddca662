import { CyclesConnectionError } from "cycles-client";
import { describe, expect, it } from "vitest";
import { disposition } from "../../src/settlement/disposition.js";
import type { Verdict } from "../../src/wire/judge.js";

type Failed = Exclude<Verdict, { kind: "success" }>;

const rejected = (status: number, error?: string, understood = true): Failed => ({
  kind: "rejected",
  status,
  body: error === undefined ? undefined : { error, message: "m", request_id: "r" },
  understood: error !== undefined && understood,
});
const limited = (retryAfterMs: number | undefined): Failed => ({
  kind: "limited",
  body: undefined,
  retryAfterMs,
});
const unreachable: Failed = { kind: "unreachable", error: new CyclesConnectionError("down") };
const ambiguous: Failed = { kind: "ambiguous", body: undefined, reason: "status 503" };
const retry = (scope: "spend" | "server", retryAfterMs?: number) => ({
  next: "retry",
  scope,
  retryAfterMs,
});
const asEvent = { next: "record_as_event" };
const refused = { next: "refused" };

describe("an attempt to record a spend that failed", () => {
  it.each<[string, Failed, object, object]>([
    ["without a response", unreachable, retry("server"), retry("server")],
    ["with a 5xx or a body that does not fit", ambiguous, retry("server"), retry("server")],
    ["with 429", limited(undefined), retry("server"), retry("server")],
    ["with 429 and Retry-After", limited(5_000), retry("server", 5_000), retry("server", 5_000)],
    [
      "with 429 for a day",
      limited(86_400_000),
      retry("server", 3_600_000),
      retry("server", 3_600_000),
    ],
    ["with 401", rejected(401, "UNAUTHORIZED"), retry("server"), retry("server")],
    ["with a bare 401", rejected(401), retry("server"), retry("server")],
    ["with a redirect", rejected(302), retry("server"), retry("server")],
    ["with 403", rejected(403, "FORBIDDEN"), retry("spend"), retry("spend")],
    ["with a bare 403", rejected(403), retry("spend"), retry("spend")],
    ["with an unknown code", rejected(400, "NEW", false), retry("spend"), retry("spend")],
    ["with an unknown 409", rejected(409, "NEW", false), retry("spend"), retry("spend")],
    ["with a bare 404", rejected(404), retry("spend"), retry("spend")],
    ["with a known code", rejected(409, "BUDGET_EXCEEDED"), refused, refused],
    ["with 410", rejected(410, "RESERVATION_EXPIRED"), asEvent, refused],
    ["with a bare 410", rejected(410), asEvent, retry("spend")],
    ["with RESERVATION_EXPIRED under 409", rejected(409, "RESERVATION_EXPIRED"), asEvent, refused],
  ])("%s", (_, verdict, asCommit, asAnEvent) => {
    expect(disposition("commit", verdict)).toEqual(asCommit);
    expect(disposition("event", verdict)).toEqual(asAnEvent);
  });
});
