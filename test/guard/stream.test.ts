import { ActualUnknownError, BudgetDeniedError, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { request } from "../support/responses.js";

async function* words(failAfter = Infinity) {
  for (const [at, word] of ["a", "b", "c"].entries()) {
    if (at >= failAfter) throw new Error("the model hung up");
    yield { word, price: `0.0${String(at + 1)}` };
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("stream", () => {
  it("yields all items and commits what the last item says", async () => {
    const { client, spent, reserved } = budgeted();
    const items = await collect(
      client.stream(request, () => words(), { actual: (last) => usd(last?.price ?? "0") }),
    );
    expect(items.map(({ word }) => word)).toEqual(["a", "b", "c"]);
    expect([spent(), reserved()]).toEqual([3_000_000, 0]);
  });

  it("reserves nothing before the first item is requested", async () => {
    const { client, requests } = budgeted();
    const items = client.stream(request, () => words(), { actual: "estimate" });
    expect(requests).toHaveLength(0);
    await items.next();
    expect(requests).toHaveLength(1);
    await items.return();
  });

  it("throws at once, before any item, if the client is closed", async () => {
    const { client } = budgeted();
    await client.close();
    expect(() => client.stream(request, () => words())).toThrow(
      expect.objectContaining({ code: "CLIENT_CLOSED" }),
    );
  });

  it("settles after an early break", async () => {
    const { client, spent, reserved } = budgeted();
    for await (const { word } of client.stream(request, () => words(), {
      actual: (last) => usd(last?.price ?? "0"),
    })) {
      if (word === "b") break;
    }
    expect([spent(), reserved()]).toEqual([2_000_000, 0]);
  });

  it("releases if the source fails before its first item", async () => {
    const { client, spent, reserved } = budgeted();
    await expect(collect(client.stream(request, () => words(0)))).rejects.toThrow("hung up");
    expect([spent(), reserved()]).toEqual([0, 0]);
  });

  it("commits the known cost if the source fails after some items", async () => {
    const { client, spent } = budgeted();
    const items = client.stream(request, () => words(2), {
      actual: (last) => usd(last?.price ?? "0"),
    });
    await expect(collect(items)).rejects.toThrow("hung up");
    expect(spent()).toBe(2_000_000);
  });

  it.each([
    ["the note", "0.07"],
    ["the estimate", "estimate"],
  ])("commits %s if the source fails after some items", async (_, actual) => {
    const { client, spent } = budgeted();
    const items = client.stream(
      request,
      (guard) => {
        if (actual !== "estimate") guard.setActual(usd(actual));
        return words(1);
      },
      actual === "estimate" ? { actual: "estimate" } : {},
    );
    await expect(collect(items)).rejects.toThrow("hung up");
    expect(spent()).toBe(actual === "estimate" ? 40_000_000 : 7_000_000);
  });

  it("releases nothing if there were items and their cost is unknown", async () => {
    const { client, notices, reserved } = budgeted();
    await expect(collect(client.stream(request, () => words(2)))).rejects.toThrow("hung up");
    expect(reserved()).toBe(40_000_000);
    expect(notices.at(-1)).toMatchObject({ type: "actual_unknown" });
    const broken = client.stream(request, () => words(2), {
      actual: () => {
        throw new Error("no usage");
      },
    });
    await expect(collect(broken)).rejects.toThrow("hung up");
    expect(reserved()).toBe(80_000_000);
  });

  it("throws if it ends without an error and its cost is unknown", async () => {
    const { client } = budgeted();
    await expect(collect(client.stream(request, () => words()))).rejects.toThrow(
      ActualUnknownError,
    );
  });

  it("throws a denial before the first item, unless onDenied returns other items", async () => {
    const { client } = budgeted();
    const dear = { ...request, estimate: usd("5.00") };
    await expect(collect(client.stream(dear, () => words()))).rejects.toThrow(BudgetDeniedError);
    const items = await collect(client.stream(dear, () => words(0), { onDenied: () => words() }));
    expect(items).toHaveLength(3);
  });
});
