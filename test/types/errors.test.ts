import {
  type ClientErrorCode,
  CyclesError,
  type CyclesErrorCode,
  type ErrorCode,
  isCyclesError,
} from "cycles-client";
import { describe, expect, expectTypeOf, it } from "vitest";

// The compiler checks these; a `@ts-expect-error` whose line compiles is itself an error.
describe("the code of an error", () => {
  it("is a code of the protocol, a code of the client, or other text", () => {
    expectTypeOf<CyclesError["code"]>().toEqualTypeOf<CyclesErrorCode>();
    expectTypeOf<ErrorCode>().toExtend<CyclesErrorCode>();
    expectTypeOf<ClientErrorCode>().toExtend<CyclesErrorCode>();
    expectTypeOf<"HTTP_502">().toExtend<CyclesErrorCode>();
    expectTypeOf<string>().toExtend<CyclesErrorCode>();
  });

  it("of the client has an entry in its type", () => {
    // @ts-expect-error the type has no such code
    const error = new CyclesError("The tide is out", { code: "LOW_TIDE" });
    expect(error.code).toBe("LOW_TIDE");
  });

  it("is known after isCyclesError has compared it", () => {
    const error: unknown = new CyclesError("closed", { code: "CLIENT_CLOSED" });
    if (!isCyclesError(error, "CLIENT_CLOSED")) throw new Error("has another code");
    expectTypeOf(error.code).toEqualTypeOf<"CLIENT_CLOSED">();
    expect(isCyclesError(error, "BUDGET_EXCEEDED")).toBe(false);
    expect(isCyclesError(error, "A_CODE_OF_TOMORROW")).toBe(false);
    expect(isCyclesError(error)).toBe(true);
  });
});
