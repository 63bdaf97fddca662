import { describe, expect, it } from "vitest";
import type { ClientContext } from "../../src/client-context.js";
import type { ApiPromise, CommitResponse, ReleaseResponse } from "cycles-client";

// These functions are compiled and never called. `@ts-expect-error` is an error if its line compiles.
const planted = {
  wrongResponseBody(context: ClientContext): ApiPromise<CommitResponse> {
    // @ts-expect-error a release does not respond with the body of a commit
    return context.call("releaseReservation", { path: { reservation_id: "res-1" }, body: {} });
  },
  misspeltPathId(context: ClientContext): ApiPromise<ReleaseResponse> {
    // @ts-expect-error the path has a reservation_id
    return context.call("releaseReservation", { path: { reservationId: "res-1" }, body: {} });
  },
  misspeltBodyField(context: ClientContext): ApiPromise<ReleaseResponse> {
    return context.call("releaseReservation", {
      path: { reservation_id: "res-1" },
      // @ts-expect-error a release has a reason
      body: { reasn: "not needed" },
    });
  },
  foreignBodyField(context: ClientContext): ApiPromise<ReleaseResponse> {
    return context.call("releaseReservation", {
      path: { reservation_id: "res-1" },
      // @ts-expect-error only a commit has an actual
      body: { reason: "not needed", actual: 3 },
    });
  },
  misspeltFilter(context: ClientContext) {
    return context.list(
      "getBalances",
      // @ts-expect-error the filter is called tenant
      () => ({ query: { tennant: "acme" } }),
      ({ balances }) => balances,
    );
  },
  bodyOfARead(context: ClientContext) {
    // @ts-expect-error a read has no body
    return context.call("getEvidenceJwks", { body: {} });
  },
};

describe("a call that does not fit the contract", () => {
  it("does not compile", () => {
    expect(Object.keys(planted)).toHaveLength(6);
  });
});
