import { CyclesClient, type LowBudget, type Notice, tokens, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { request } from "../support/responses.js";

/** A client with thresholds at a half and at a fifth of its budgets. */
function watched() {
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": usd("1.00"), "tenant:acme/agent:a": usd("0.50") },
    clock: new ManualClock(),
  });
  const told: LowBudget[] = [];
  const notices: Notice[] = [];
  const notify = (low: LowBudget) => void told.push(low);
  const client = new CyclesClient({
    ...authority.clientOptions("acme"),
    onLow: [
      { fraction: 0.5, notify },
      { fraction: 0.2, notify },
    ],
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
  });
  const spend = (amount: string, subject = {}) =>
    client.run({ ...request, subject, estimate: usd(amount) }, () => "done", {
      actual: "estimate",
    });
  const names = () => told.splice(0).map(({ scope, fraction }) => `${scope} ${fraction}`);
  return { client, authority, told, notices, spend, names };
}

describe("onLow", () => {
  it("is called once for each threshold that a budget passes", async () => {
    const { spend, names } = watched();
    await spend("0.40");
    expect(names()).toEqual([]);
    await spend("0.10");
    expect(names()).toEqual(["tenant:acme 0.5"]);
    await spend("0.20");
    expect(names()).toEqual([]);
    await spend("0.25");
    expect(names()).toEqual(["tenant:acme 0.2"]);
    await spend("0.01");
    expect(names()).toEqual([]);
  });

  it("is called for every budget of a subject", async () => {
    const { spend, names } = watched();
    await spend("0.45", { agent: "a" });
    expect(names().sort()).toEqual(["tenant:acme/agent:a 0.2", "tenant:acme/agent:a 0.5"]);
  });

  it("says how much is left, and of how much", async () => {
    const { spend, told } = watched();
    await spend("0.60");
    expect(told).toMatchObject([
      { scope: "tenant:acme", allocated: usd("1.00"), fraction: 0.5, remaining: usd("0.40") },
    ]);
  });

  it("is called for children, and for budgets that are only read", async () => {
    const { client, spend, names, authority } = watched();
    const other = new CyclesClient({ ...authority.clientOptions("acme"), logLevel: "off" });
    await other.run({ ...request, estimate: usd("0.60") }, () => "done", { actual: "estimate" });
    await client.with({ subject: { agent: "b" } }).getBalances({ tenant: "acme" });
    expect(names()).toEqual(["tenant:acme 0.5"]);
    await spend("0.01");
    expect(names()).toEqual([]);
  });

  it("can throw without harm to the work", async () => {
    const { authority } = watched();
    const notices: Notice[] = [];
    const client = new CyclesClient({
      ...authority.clientOptions("acme"),
      onLow: [
        {
          fraction: 0.9,
          notify: () => {
            throw new Error("pager is down");
          },
        },
      ],
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
    });
    const running = client.run({ ...request, estimate: usd("0.20") }, () => "done", {
      actual: "estimate",
    });
    await expect(running).resolves.toBe("done");
    expect(notices.filter(({ type }) => type === "callback_failed")).toMatchObject([
      { callback: "onLow", message: "pager is down" },
    ]);
  });

  const WRONG: readonly unknown[] = [
    { fraction: 0.5, notify: () => undefined },
    [{ fraction: 0, notify: () => undefined }],
    [{ fraction: 1, notify: () => undefined }],
    [{ fraction: "20%", notify: () => undefined }],
    [{ fraction: 0.5 }],
    [tokens(5)],
  ];

  it.each(WRONG)("refuses thresholds that cannot be right", (onLow) => {
    const options = { baseUrl: "http://127.0.0.1:7878", onLow: onLow as [] };
    expect(() => new CyclesClient(options)).toThrow(/^onLow must be a list of thresholds/);
  });
});
