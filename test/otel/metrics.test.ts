import { usd } from "cycles-client";
import { instrument } from "cycles-client/otel";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request as plain } from "../support/responses.js";
import { telemetry } from "./telemetry.js";

const request = { ...plain, estimate: usd("0.10") };
const LLM = "USD_MICROCENTS llm.completion";
const once = { heartbeat: false, actual: () => usd("0.03") } as const;

describe("metrics", () => {
  it("have the time of each decision, in seconds", async () => {
    const { client, clock, slow } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    slow("reservations", 250);
    const running = client.run(request, () => 0, once);
    await clock.advance(250);
    await running;
    const denied = client.run({ ...request, estimate: usd("5.00") }, () => 0, once);
    await expect(denied).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(await otel.series("cycles.reserve.duration")).toEqual({
      [`${LLM} ALLOW`]: { count: 1, sum: 0.25 },
      [`${LLM} DENY`]: { count: 1, sum: 0 },
    });
  });

  it("count denials by their code, those of an allowance included", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    const large = { ...request, estimate: usd("5.00") };
    await expect(client.run(large, () => 0, once)).rejects.toThrow("BUDGET_EXCEEDED");
    await client.allowance(
      request,
      () => expect(client.run(large, () => 0, once)).rejects.toThrow("ALLOWANCE_EXCEEDED"),
      { heartbeat: false },
    );
    expect(await otel.series("cycles.denials")).toEqual({
      [`${LLM} BUDGET_EXCEEDED`]: 1,
      [`${LLM} ALLOWANCE_EXCEEDED`]: 1,
    });
    // An allowance denies without a request, so there is no duration.
    expect(Object.keys(await otel.series("cycles.reserve.duration"))).toEqual([
      `${LLM} DENY`,
      `${LLM} ALLOW`,
    ]);
  });

  it("count what the mode observe would have denied, and unguarded work", async () => {
    const { client, fail } = budgeted({ budget: "0.01" });
    const otel = telemetry();
    instrument(client, otel);
    await client.run(request, () => 0, { ...once, mode: "observe" });
    fail("reservations", refusal(503, "INTERNAL_ERROR"), refusal(503, "INTERNAL_ERROR"));
    await client.run(request, () => 0, { ...once, onUnavailable: { allow: usd("1.00") } });
    const denied = `${LLM} BUDGET_EXCEEDED tenant:acme`;
    expect(await otel.series("cycles.would_deny")).toEqual({ [denied]: 1 });
    expect(await otel.series("cycles.unguarded")).toEqual({ [`${LLM} INTERNAL_ERROR`]: 1 });
    expect(await otel.series("cycles.denials")).toEqual({});
  });

  it("have the spend, and how far it was from the estimate", async () => {
    const { client } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    for (const dollars of ["0.05", "0.10", "0.15"])
      await client.run(request, () => 0, { heartbeat: false, actual: () => usd(dollars) });
    expect(await otel.series("cycles.spend")).toEqual({ [LLM]: usd("0.30").amount });
    expect(await otel.series("cycles.estimate.error")).toEqual({
      [`${LLM} too_high`]: { count: 1, sum: 0.5 },
      [`${LLM} exact`]: { count: 1, sum: 0 },
      [`${LLM} too_low`]: { count: 1, sum: 0.5 },
    });
  });

  it("count the spends in the queue until the ledger has them", async () => {
    const { client, clock, fail } = budgeted({ retry: { maxAttempts: 1 } });
    const otel = telemetry();
    instrument(client, otel);
    fail("commit", refusal(503, "INTERNAL_ERROR"), refusal(503, "INTERNAL_ERROR"));
    const queued = () => otel.series("cycles.settlement.queued");
    const first = await client.reserve(request, { heartbeat: false });
    const second = await client.reserve(request, { heartbeat: false });
    await first.commit(usd("0.02"));
    await second.commit(usd("0.02"));
    expect(await queued()).toEqual({ USD_MICROCENTS: 2 });
    expect(await otel.series("cycles.spend")).toEqual({});
    const flushing = client.flush();
    await clock.advance(60_000);
    expect(await flushing).toBe(0);
    expect(await queued()).toEqual({ USD_MICROCENTS: 0 });
    expect(await otel.series("cycles.spend")).toEqual({ [LLM]: usd("0.04").amount });
  });

  it("count the spends that did not get into the ledger", async () => {
    const { client, fail } = budgeted();
    const otel = telemetry();
    instrument(client, otel);
    fail("commit", refusal(409, "BUDGET_CLOSED"));
    await expect(client.run(request, () => 0, once)).rejects.toMatchObject({
      name: "SettlementRefusedError",
    });
    expect(await otel.series("cycles.settlement.failed")).toEqual({ "USD_MICROCENTS refused": 1 });
  });
});
