import { describe, expect, it } from "vitest";
import { type Operation, operations } from "../../generated/operations.js";
import { judge } from "../../src/wire/judge.js";
import { reservation } from "../support/responses.js";

const verdict = (
  operation: Operation,
  status: number,
  text: string,
  headers: Record<string, string> = {},
  request: unknown = {},
) => {
  const response = { status, headers: new Headers(headers), text };
  return judge(operation, request, response, (id) => id === "cyc_live_key");
};

const refusal = (error: string) => JSON.stringify({ error, message: "m", request_id: "r" });
const charged = '{"status":"COMMITTED","charged":{"unit":"TOKENS","amount":1}}';

describe("the response to a commit", () => {
  it.each([
    [199, "ambiguous"],
    [200, "success"],
    [201, "ambiguous"],
    [299, "ambiguous"],
    [300, "rejected"],
    [400, "rejected"],
    [428, "rejected"],
    [429, "limited"],
    [430, "rejected"],
    [499, "rejected"],
    [500, "ambiguous"],
    [503, "ambiguous"],
    [599, "ambiguous"],
  ])("of status %s with a body that would fit a success is %s", (status, kind) => {
    expect(verdict(operations.commitReservation, status, charged).kind).toBe(kind);
  });

  it.each([
    [409, "BUDGET_EXCEEDED", true],
    [404, "NOT_FOUND", true],
    [400, "INTERNAL_ERROR", false],
    [400, "LIMIT_EXCEEDED", false],
    [409, "SOMETHING_NEW", false],
    [409, "toString", false],
  ])(
    "of status %s with %s is a refusal; the client understands it: %s",
    (status, code, understood) => {
      expect(verdict(operations.commitReservation, status, refusal(code))).toEqual({
        kind: "rejected",
        status,
        body: { error: code, message: "m", request_id: "r" },
        understood,
      });
    },
  );

  it.each([
    ["no body", ""],
    ["a body that is not an error", charged],
    ["an error without a code", '{"message":"m","request_id":"r"}'],
    ["a code that is not a string", '{"error":7,"message":"m","request_id":"r"}'],
  ])("with %s is a refusal that is not understood", (_, text) => {
    expect(verdict(operations.commitReservation, 409, text)).toEqual({
      kind: "rejected",
      status: 409,
      body: undefined,
      understood: false,
    });
  });

  it.each([
    ["without Retry-After", 429, {}, undefined],
    ["with a Retry-After of 7 s", 429, { "Retry-After": "7" }, 7_000],
  ])("of status 429 %s is a rate limit", (_, status, headers, retryAfterMs) => {
    const text = refusal("LIMIT_EXCEEDED");
    expect(verdict(operations.commitReservation, status, text, headers)).toMatchObject({
      kind: "limited",
      body: { error: "LIMIT_EXCEEDED" },
      retryAfterMs,
    });
  });
});

describe("the response to a reserve", () => {
  const { reservation_id: _, ...nothing } = reservation;
  it.each([
    ["a live reserve with an id", {}, reservation, "success"],
    ["a live reserve without an id", {}, nothing, "ambiguous"],
    ["a live reserve with dry_run: false, without an id", { dry_run: false }, nothing, "ambiguous"],
    ["a dry run without an id", { dry_run: true }, nothing, "success"],
    ["a denied reserve without an id", {}, { ...nothing, decision: "DENY" }, "success"],
    [
      "a live reserve with the API key as its id",
      {},
      { ...reservation, reservation_id: "cyc_live_key" },
      "ambiguous",
    ],
  ])("is judged together with its request: %s", (_name, request, body, kind) => {
    const { kind: found } = verdict(
      operations.createReservation,
      200,
      JSON.stringify(body),
      {},
      request,
    );
    expect(found).toBe(kind);
  });
});

describe("an integer that JavaScript has to round", () => {
  const found = (number: string, before = "") => {
    const text = `${charged.slice(0, -1)},"x${before}":${number}}`;
    const result = verdict(operations.commitReservation, 200, text);
    return result.kind === "success" ? result.inexact : result;
  };

  it("is found at any offset in the text", () => {
    for (let offset = 0; offset <= 16; offset += 1) {
      const before = "y".repeat(offset);
      expect(found("9007199254740993", before)).toEqual([`x${before}`]);
      expect(found("[-9007199254740993, 1]", before)).toEqual([`x${before}[0]`]);
    }
  });

  it.each([
    ["1e16", true],
    ["1E30", true],
    ["-1e30", true],
    ["1.5e+300", true],
    ["[1,\n1e30]", true],
    ["9007199254740992", true],
    ["-9007199254740992", true],
    ["9007199254740991", false],
    ["-9007199254740991", false],
    ["999999999999999", false],
    ["0.12345678901234567", false],
    ["1e3", false],
    ["1e-30", false],
    ['"12345678901234567890"', false],
    ["null", false],
  ])("is found in %s: %s", (number, inexact) => {
    expect(found(number)).toHaveLength(inexact ? 1 : 0);
  });

  it("is listed by its path, in the order of the body", () => {
    const body = '{"a":[{"b":1e30},null,1e30],"c":{"d":{"e":1e30}}}';
    expect(found(body)).toEqual(["x.a[0].b", "x.a[2]", "x.c.d.e"]);
  });
});
