import {
  ActualUnknownError,
  SettlementRefusedError,
  SettlementUnknownError,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { request } from "../support/responses.js";

const REFUSING = { ...request, overage_policy: "REJECT" } as const;

describe("run, when the work has swallowed a failure", () => {
  it("of a commit of unknown fate, repeats that commit", async () => {
    const { client, fail, sent, spent } = budgeted({ retry: false });
    fail("commit", "drop after");
    const value = await client.run(request, async (guard) => {
      await guard.commit(usd("0.3")).catch(() => undefined);
      return "precious";
    });
    expect(value).toBe("precious");
    expect(new Set(sent("commit").map(({ body }) => body)).size).toBe(1);
    expect([sent("commit").length, spent()]).toEqual([2, 30_000_000]);
  });

  it("of a commit of unknown fate that fails again, throws an error with the result", async () => {
    const { client, fail } = budgeted({ retry: false });
    fail("commit", "drop before", "drop before");
    const failed = client.run(request, async (guard) => {
      await guard.commit(usd("0.3")).catch(() => undefined);
      return "precious";
    });
    await expect(failed).rejects.toThrow(SettlementUnknownError);
    await expect(failed).rejects.toMatchObject({ result: "precious", actual: usd("0.3") });
  });

  it("of a note that was not valid, commits what `actual` says", async () => {
    const { client, spent } = budgeted();
    const note = (guard: { setActual: (actual: never) => void }) => {
      try {
        guard.setActual(0.02 as never);
      } catch {
        return "swallowed";
      }
      return "noted";
    };
    expect(await client.run(request, note, { actual: "estimate" })).toBe("swallowed");
    expect(spent()).toBe(40_000_000);
    await expect(client.run(request, note)).rejects.toThrow(ActualUnknownError);
  });
});

describe("an actual that comes from the result", () => {
  it("ends the guard if the server refuses it: the error has the result and the amount", async () => {
    const { client, notices } = budgeted();
    const failed = client.run(REFUSING, () => "precious", { actual: () => usd("3.00") });
    await expect(failed).rejects.toThrow(SettlementRefusedError);
    await expect(failed).rejects.toMatchObject({ result: "precious", actual: usd("3.00") });
    expect(notices.at(-1)).toMatchObject({ type: "settlement_failed", actual: usd("3.00") });
  });

  it("throws an error without a cause if it is unknown", async () => {
    const { client } = budgeted();
    const failed = client.run(request, () => "precious", { actual: () => undefined });
    await expect(failed).rejects.toMatchObject({ result: "precious" });
    await expect(failed).rejects.not.toHaveProperty("cause");
  });
});

describe("the source of a stream", () => {
  const items = (iterator: AsyncIterator<string>): AsyncIterable<string> => ({
    [Symbol.asyncIterator]: () => iterator,
  });

  it("may have no `return`: an early break still settles", async () => {
    const { client, spent } = budgeted();
    const endless = items({ next: () => Promise.resolve({ done: false, value: "a" }) });
    for await (const item of client.stream(request, () => endless, { actual: "estimate" }))
      if (item === "a") break;
    expect(spent()).toBe(40_000_000);
  });

  it("throws its error to the consumer if it fails before it returns an iterator", async () => {
    const { client, reserved } = budgeted();
    const failing = client.stream<string>(request, () => Promise.reject(new Error("no model")));
    await expect(failing.next()).rejects.toThrow("no model");
    expect(reserved()).toBe(0);
  });

  it("is not told to return after it has ended or failed", async () => {
    const { client } = budgeted();
    let returned = 0;
    const source = (last: () => Promise<IteratorResult<string>>) => {
      const steps = [() => Promise.resolve({ done: false, value: "a" }), last];
      return items({
        next: () => (steps.shift() ?? last)(),
        return: () => {
          returned += 1;
          return Promise.resolve({ done: true, value: undefined });
        },
      });
    };
    const small = { ...request, estimate: usd("0.10") };
    const ended = source(() => Promise.resolve({ done: true, value: undefined }));
    const whole = client.stream(small, () => ended, { actual: "estimate" });
    expect([await whole.next(), await whole.next()]).toMatchObject([
      { value: "a" },
      { done: true },
    ]);
    const broken = source(() => Promise.reject(new Error("hung up")));
    const failed = client.stream(small, () => broken, { actual: "estimate" });
    await failed.next();
    await expect(failed.next()).rejects.toThrow("hung up");
    expect(returned).toBe(0);
  });
});
