import {
  ActualUnknownError,
  BudgetDeniedError,
  HeartbeatFailedError,
  SettlementRefusedError,
  usd,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

describe("run", () => {
  it("returns what the work returned, and commits what it noted", async () => {
    const { client, spent } = budgeted();
    const value = await client.run(request, (guard) => {
      guard.setActual(usd("0.3"));
      return Promise.resolve("done");
    });
    expect(value).toBe("done");
    expect(spent()).toBe(30_000_000);
  });

  it("computes the actual from the result if nothing was noted", async () => {
    const { client, spent } = budgeted();
    await client.run(request, () => ({ price: "0.12" }), { actual: ({ price }) => usd(price) });
    expect(spent()).toBe(12_000_000);
  });

  it("commits the estimate if `actual` asks for it, and marks it in the metadata", async () => {
    const { client, spent, sent } = budgeted();
    await client.run(request, () => 1, { actual: "estimate" });
    expect(spent()).toBe(40_000_000);
    expect(JSON.parse(sent("commit")[0]?.body ?? "")).toMatchObject({
      metadata: { actual_source: "estimate" },
    });
  });

  it("does nothing with a guard that the work has settled", async () => {
    const { client, spent, sent } = budgeted();
    await client.run(request, (guard) => guard.commit(usd("0.2")));
    await client.run(request, (guard) => guard.release("not needed"));
    expect(spent()).toBe(20_000_000);
    expect(sent("commit")).toHaveLength(1);
  });

  it("waits for a commit that the work did not await", async () => {
    const { client, spent } = budgeted();
    await client.run(request, (guard) => {
      void guard.commit(usd("0.2"));
    });
    expect(spent()).toBe(20_000_000);
  });

  it("neither commits nor releases if the actual is unknown, and the error has the result", async () => {
    const { client, reserved, requests } = budgeted();
    const failed = client.run(request, () => "precious");
    await expect(failed).rejects.toThrow(ActualUnknownError);
    await expect(failed).rejects.toMatchObject({ result: "precious" });
    expect(reserved()).toBe(40_000_000);
    expect(requests).toHaveLength(1);
  });

  it("throws an error with the result if `actual` throws", async () => {
    const { client } = budgeted();
    const broken = new Error("no usage");
    const failed = client.run(request, () => "precious", {
      actual: () => {
        throw broken;
      },
    });
    await expect(failed).rejects.toMatchObject({
      name: "ActualUnknownError",
      result: "precious",
      cause: broken,
    });
  });

  it("releases and throws the error of the work if the work throws", async () => {
    const { client, reserved, spent } = budgeted();
    await expect(
      client.run(request, () => Promise.reject(new Error("model down"))),
    ).rejects.toThrow("model down");
    expect([reserved(), spent()]).toEqual([0, 0]);
  });

  it("commits what was noted before the work threw", async () => {
    const { client, reserved, spent } = budgeted();
    const failed = client.run(request, (guard) => {
      guard.setActual(usd("0.05"));
      throw new Error("half way");
    });
    await expect(failed).rejects.toThrow("half way");
    expect([reserved(), spent()]).toEqual([0, 5_000_000]);
  });

  it("throws the error of the work even if its spend is refused, and reports the spend", async () => {
    const { client, fail, notices } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    const failed = client.run(request, (guard) => {
      guard.setActual(usd("0.05"));
      throw new Error("half way");
    });
    await expect(failed).rejects.toThrow("half way");
    expect(notices.at(-1)).toMatchObject({ type: "settlement_failed", actual: usd("0.05") });
  });

  it("does not run the work if the reserve is denied", async () => {
    const { client } = budgeted();
    const work = vi.fn();
    const failed = client.run({ ...request, estimate: usd("5.00") }, work);
    await expect(failed).rejects.toThrow(BudgetDeniedError);
    expect(work).not.toHaveBeenCalled();
  });

  it("returns or throws what onDenied returns or throws", async () => {
    const { client } = budgeted();
    const dear = { ...request, estimate: usd("5.00") };
    const onDenied = (error: BudgetDeniedError) => `cached, ${error.code}`;
    expect(await client.run(dear, () => "fresh", { onDenied })).toBe("cached, BUDGET_EXCEEDED");
    const nested = client.run(dear, () => "fresh", {
      onDenied: () => client.run(dear, () => "cheap"),
    });
    await expect(nested).rejects.toThrow(BudgetDeniedError);
  });

  it("throws a SettlementRefusedError with the result if the commit is refused", async () => {
    const { client } = budgeted();
    const failed = client.run({ ...request, overage_policy: "REJECT" }, (guard) => {
      guard.setActual(usd("3.00"));
      return "precious";
    });
    await expect(failed).rejects.toThrow(SettlementRefusedError);
    await expect(failed).rejects.not.toThrow(BudgetDeniedError);
    await expect(failed).rejects.toMatchObject({
      result: "precious",
      actual: usd("3.00"),
      cause: { code: "BUDGET_EXCEEDED" },
    });
  });

  it("throws after the commit if the lease was lost under the policy fail", async () => {
    const { client, clock, fail, spent } = budgeted();
    fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
    const failed = client.run(
      request,
      async (guard) => {
        await clock.advance(50_000);
        guard.setActual(usd("0.2"));
        return "precious";
      },
      { heartbeat: "fail" },
    );
    await expect(failed).rejects.toThrow(HeartbeatFailedError);
    await expect(failed).rejects.toMatchObject({
      result: "precious",
      settlement: { state: "committed" },
    });
    expect(spent()).toBe(20_000_000);
  });
});

describe("wrap", () => {
  it("returns a function that runs under a budget, with a request from its arguments", async () => {
    const { client, spent } = budgeted();
    const price = client.wrap(
      (cents: number) => ({ ...request, estimate: usd(`0.0${String(cents)}`) }),
      (guard, cents: number) => {
        expect(guard.request.estimate).toEqual(usd(`0.0${String(cents)}`));
        return cents * 2;
      },
      { actual: (result, cents) => usd(`0.0${String(Math.min(result, cents))}`) },
    );
    expect(await price(3)).toBe(6);
    expect(await price(4)).toBe(8);
    expect(spent()).toBe(7_000_000);
  });
});
