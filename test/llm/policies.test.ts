import { CyclesClient, type Notice, usd } from "cycles-client";
import { type MeterOptions, meteredFetch } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { cost } from "./sdk/scene.js";
import { MESSAGES, metering } from "./support.js";

/** A metered fetch whose client collects its notices. */
async function noticed(options: MeterOptions, budget = "1.00") {
  const parts = await metering(options, budget);
  const { authority, notices, setting, provider } = parts;
  return {
    ...parts,
    faults: authority.faults,
    /** What the ledger has when the client has nothing left to send. */
    spent: async () => {
      await setting.cycles.close();
      return authority.balances("tenant:acme")[0]?.spent.amount;
    },
    ofType: (type: Notice["type"]) => notices.filter((notice) => notice.type === type),
    post: (path: string, body: object) =>
      meteredFetch(setting.cycles, setting.options)(`${provider.baseURL}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

describe("a metered call whose authority cannot be reached", () => {
  it("is sent within the limit, and its bill is recorded as an event", async () => {
    const { chat, faults, provider, spent, ofType } = await noticed({
      onUnavailable: { allow: usd("1.00") },
    });
    faults.on("createReservation", { times: 2 }).drop("before");
    await (await chat()).text();
    expect(await spent()).toBe(cost(provider.billed));
    expect(ofType("unguarded")).toHaveLength(1);
    expect(ofType("committed")).toMatchObject([{ via: "event" }]);
  });

  it("is not sent beyond the limit", async () => {
    const { chat, faults, provider } = await noticed({
      onUnavailable: { allow: usd("0.00000001") },
    });
    faults.on("createReservation", { times: 2 }).drop("before");
    expect((await chat()).status).toBe(402);
    expect(provider.calls).toEqual([]);
  });
});

describe("a metered call in the mode observe", () => {
  it("is sent although the budget would deny it", async () => {
    const { chat, provider, ofType } = await noticed({ mode: "observe" }, "0.00000001");
    expect((await chat()).status).toBe(200);
    expect(provider.calls).toHaveLength(1);
    expect(ofType("would_deny")).toMatchObject([{ code: "BUDGET_EXCEEDED" }]);
  });

  it("is sent although its price is not known, and costs nothing", async () => {
    const { chat, spent, ofType } = await noticed({
      mode: "observe",
      price: () => undefined,
    });
    const response = await chat();
    expect(response.status).toBe(200);
    await response.text();
    expect(await spent()).toBe(0);
    expect(ofType("would_deny")).toMatchObject([
      { code: "UNMETERED", action: { kind: "llm.completion", name: "gpt-4o-mini" } },
    ]);
    expect(ofType("settlement_failed")).toEqual([]);
  });

  it("is sent although it cannot be metered", async () => {
    const { post, provider, ofType } = await noticed({ mode: "observe" });
    const response = await post("/responses", {
      model: "gpt-4o-mini",
      input: "x",
      background: true,
    });
    await response.text();
    expect(provider.calls).toHaveLength(1);
    expect(ofType("would_deny")).toMatchObject([{ code: "UNMETERED" }]);
  });

  it("has the model's limits of the caller, and not those of caps", async () => {
    const { setting, chat, provider, faults } = await noticed({ mode: "observe" });
    faults.on("createReservation").rewrite((genuine) => ({
      ...genuine,
      body: {
        ...(genuine.body as object),
        decision: "ALLOW_WITH_CAPS",
        caps: { max_tokens: 3 },
      },
    }));
    await (await chat({ max_completion_tokens: 70 })).text();
    expect(provider.calls[0]?.body).toMatchObject({
      max_completion_tokens: 70,
      messages: MESSAGES,
    });
    expect(setting.cycles).toBeInstanceOf(CyclesClient);
  });

  it("has no limit of output tokens that the caller did not set", async () => {
    const { chat, provider } = await noticed({ mode: "observe" });
    await (await chat()).text();
    expect(Object.keys(provider.calls[0]?.body ?? {}).sort()).toEqual(["messages", "model"]);
  });

  it("takes the mode of its client", async () => {
    const { setting, provider } = await metering({}, "0.00000001");
    const fetch = meteredFetch(setting.cycles.with({ mode: "observe" }), setting.options);
    const response = await fetch(`${provider.baseURL}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "gpt-4o-mini", messages: MESSAGES }),
    });
    expect(response.status).toBe(200);
    await response.text();
  });
});
