import { CyclesValidationError, tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

const bodyOf = (sent: { readonly body: string } | undefined) =>
  JSON.parse(sent?.body ?? "null") as unknown;

describe("the noted spend", () => {
  it("is committed with its details if the commit has no amount", async () => {
    const { client, spent, sent } = budgeted();
    const guard = await client.reserve(request);
    expect(guard.actual).toBeUndefined();
    guard.setActual(usd("0.15"), { metrics: { tokens_input: 12 } });
    expect(guard.actual).toEqual(usd("0.15"));
    expect(await guard.commit()).toMatchObject({ state: "committed", charged: usd("0.15") });
    expect(spent()).toBe(15_000_000);
    expect(bodyOf(sent("commit")[0])).toMatchObject({
      actual: usd("0.15"),
      metrics: { tokens_input: 12 },
    });
    expect(guard.actual).toBeUndefined();
  });

  it("is replaced by the amount of the commit, but keeps its details", async () => {
    const { client, spent, sent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.15"), { metrics: { tokens_input: 12 } });
    await guard.commit(usd("0.2"));
    expect(spent()).toBe(20_000_000);
    expect(bodyOf(sent("commit")[0])).toMatchObject({ metrics: { tokens_input: 12 } });
  });

  it("is required for a commit without an amount: otherwise it throws and sends nothing", async () => {
    const { client, sent } = budgeted();
    const guard = await client.reserve(request);
    await expect(guard.commit()).rejects.toThrow(CyclesValidationError);
    expect(sent("commit")).toEqual([]);
  });
});

it.each([
  ["undefined", undefined, "actual", "is required"],
  ["null", null, "actual", "not null"],
  ["a number", 0.02, "actual", "not the number 0.02"],
  ["a string", "0.02", "actual", "not string"],
  ["another unit", tokens(5), "actual.unit", "USD_MICROCENTS"],
])(
  "a commit of %s throws an error that names the field and the value",
  async (_, actual, path, why) => {
    const { client } = budgeted();
    const guard = await client.reserve(request);
    const refused = guard.commit(actual as never);
    await expect(refused).rejects.toMatchObject({
      issues: [{ path, message: expect.stringContaining(why) as string }],
    });
    await expect(refused).rejects.toThrow("The actual amount is not valid");
  },
);

describe("a commit", () => {
  it("with valid details raises no details_changed notice", async () => {
    const { client, notices } = budgeted();
    const guard = await client.reserve(request);
    await guard.commit(usd("0.1"), { metadata: { step: 1 } });
    expect(notices.map(({ type }) => type)).toEqual(["reserved", "committed"]);
  });

  it("of unknown fate is repeated by close, which throws if it fails again", async () => {
    const { client, fail, spent, notices } = budgeted({ retry: false });
    const guard = await client.reserve(request);
    fail("commit", "drop before", "drop before");
    await guard.commit(usd("0.3")).catch(() => undefined);
    await expect(guard.close()).rejects.toMatchObject({ retryable: true });
    expect([guard.state, spent()]).toEqual(["lost", 0]);
    expect(notices.at(-1)).toMatchObject({ type: "settlement_failed", actual: usd("0.3") });
  });
});

describe("a release", () => {
  it("sends its reason and the trace id of the reserve", async () => {
    const { client, sent, notices } = budgeted();
    const guard = await client.reserve(request);
    await guard.release("not needed");
    const traces = [...sent("reservations"), ...sent("release")].map(({ headers }) =>
      headers.get("x-cycles-trace-id"),
    );
    expect(bodyOf(sent("release")[0])).toMatchObject({ reason: "not needed" });
    expect([traces.length, new Set(traces).size]).toEqual([2, 1]);
    expect(notices.at(-1)).toEqual({
      type: "released",
      reservationId: guard.id,
      reason: "not needed",
    });
  });

  it("sends no reason if there is none", async () => {
    const { client, sent } = budgeted();
    await (await client.reserve(request)).release();
    expect(bodyOf(sent("release")[0])).not.toHaveProperty("reason");
  });

  it("that fails throws for the first caller only and leaves the guard open", async () => {
    const { client, fail, sent, reserved } = budgeted({ maxRetries: 0 });
    const guard = await client.reserve(request);
    fail("release", refusal(403, "FORBIDDEN"));
    const ends = await Promise.allSettled([guard.release("a"), guard.release("b")]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect([guard.state, sent("release").length]).toEqual(["open", 1]);
    await guard.release("again");
    expect([guard.state, reserved()]).toEqual(["released", 0]);
  });

  it("does nothing on a lost guard, even if its earlier release failed", async () => {
    const { client, fail, sent } = budgeted({ maxRetries: 0 });
    const guard = await client.reserve(request);
    fail("release", refusal(403, "FORBIDDEN"));
    await guard.close();
    expect(guard.state).toBe("lost");
    await guard.release();
    expect(sent("release")).toHaveLength(1);
  });
});
