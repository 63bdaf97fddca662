import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { cost } from "../llm/sdk/scene.js";
import { AI_VERSIONS } from "./models.js";
import { metering } from "./support.js";

/** Less than an answer of the default length may cost, and more than the answers here do cost. */
const TOO_LITTLE = "0.0005";
const prompt = "What do ducks eat?";

describe.each(AI_VERSIONS)("the policies of a language model, $name", (version) => {
  const { ai } = version;

  it("let a call pass that the budget would deny, and record its spend as an event", async () => {
    const { model, provider, authority, sent, notices } = await metering(
      version,
      { mode: "observe" },
      TOO_LITTLE,
    );
    const { text } = await ai.generateText({ model: model(), prompt });
    await ai.streamText({ model: model(), prompt }).text;
    expect(text).toContain(prompt);
    expect(provider.calls).toHaveLength(2);
    // No limit is written that the caller did not set.
    expect(JSON.stringify(provider.calls)).not.toMatch(/max_(completion_|output_)?tokens/);
    await expect.poll(() => sent("events").length, { interval: 1, timeout: 30_000 }).toBe(2);
    expect(authority.balances("tenant:acme")[0]?.spent.amount).toBe(cost(provider.billed));
    expect(notices.filter(({ type }) => type === "would_deny")).toHaveLength(2);
  });

  it("let a call pass while the authority is unreachable, and record its spend as an event", async () => {
    const onUnavailable = { allow: usd("0.10") };
    const { model, provider, authority, sent, cycles } = await metering(version, { onUnavailable });
    authority.faults.on("createReservation", { times: 2 }).drop("before");
    await ai.generateText({ model: model(), prompt });
    await cycles.close();
    expect(provider.calls).toHaveLength(1);
    expect(authority.balances("tenant:acme")[0]?.spent.amount).toBe(cost(provider.billed));
    expect(JSON.parse(sent("events")[0]?.body ?? "")).toMatchObject({
      action: { kind: "llm.completion", name: "gpt-4o-mini" },
      metadata: { unguarded: true },
    });
  });
});
