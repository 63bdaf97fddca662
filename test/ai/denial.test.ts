import { BudgetDeniedError } from "cycles-client";
import { deniedBy } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { cost } from "../llm/sdk/scene.js";
import { rejection } from "../support/server.js";
import { AI_VERSIONS } from "./models.js";
import { metering } from "./support.js";

const TOO_LITTLE = "0.00000001";
const prompt = "What do ducks eat?";

describe.each(AI_VERSIONS)("a call that the budget denies, $name", (version) => {
  const { ai } = version;
  const denied = { reserves: 1, commits: 0, releases: 0 };

  it("rejects generateText with the denial itself, after one attempt", async () => {
    const { model, provider, requests } = await metering(version, {}, TOO_LITTLE);
    const error = await rejection(ai.generateText({ model: model(), prompt }));
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(error).toMatchObject({ code: "BUDGET_EXCEEDED", scopes: ["tenant:acme"] });
    expect(provider.calls).toEqual([]);
    expect(requests()).toEqual(denied);
  });

  it("leaves the text of streamText empty, and reaches onError", async () => {
    const { model, provider, requests } = await metering(version, {}, TOO_LITTLE);
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    const { textStream } = ai.streamText({ model: model(), prompt, onError });
    expect(await all(textStream)).toEqual([]);
    expect(errors).toEqual([expect.any(BudgetDeniedError)]);
    expect(provider.calls).toEqual([]);
    expect(requests()).toEqual(denied);
  });

  it("is a part of the full stream of streamText", async () => {
    const { model } = await metering(version, {}, TOO_LITTLE);
    const { fullStream } = ai.streamText({ model: model(), prompt, onError: () => {} });
    const parts: { type: string; error?: unknown }[] = await all(fullStream);
    const error = parts.find(({ type }) => type === "error")?.error;
    expect(deniedBy(error)).toBeInstanceOf(BudgetDeniedError);
  });

  it("rejects the usage and the text of streamText with an error of the SDK without a cause", async () => {
    const { model } = await metering(version, {}, TOO_LITTLE);
    const { usage, text } = ai.streamText({ model: model(), prompt, onError: () => {} });
    const errors = await Promise.all([rejection(usage), rejection(text)]);
    for (const error of errors) {
      expect(error).toMatchObject({ name: "AI_NoOutputGeneratedError" });
      expect(deniedBy(error)).toBeUndefined();
    }
  });

  it("reaches the onError of a stream for a user interface", async () => {
    const { model } = await metering(version, {}, TOO_LITTLE);
    const result = ai.streamText({ model: model(), prompt, onError: () => {} });
    const onError = (error: unknown) => `denied: ${deniedBy(error)?.code}`;
    const body = await result.toUIMessageStreamResponse({ onError }).text();
    expect(body).toContain("denied: BUDGET_EXCEEDED");
  });

  it("ends a loop with tools at the step that is denied", async () => {
    const { model, provider, authority, requests } = await metering(version, {}, "0.0009");
    provider.next({ tools: [{ name: "report", arguments: {} }] });
    const report = ai.tool({
      inputSchema: ai.jsonSchema<object>({ type: "object", properties: {} }),
      execute: () => "long ".repeat(3_000),
    });
    const stopWhen = ai.stepCountIs(5);
    const error = await rejection(
      ai.generateText({ model: model(), prompt, tools: { report }, stopWhen }),
    );
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(provider.calls).toHaveLength(1);
    expect(authority.balances("tenant:acme")[0]?.spent.amount).toBe(cost(provider.billed));
    expect(requests()).toEqual({ reserves: 2, commits: 1, releases: 0 });
  });

  describe("with onDenied", () => {
    const onDenied = ({ code }: BudgetDeniedError) => `No budget: ${code}`;

    it("gets its text from generateText and streamText", async () => {
      const { model, provider } = await metering(version, { onDenied }, TOO_LITTLE);
      const { text, usage, finishReason } = await ai.generateText({ model: model(), prompt });
      expect(text).toBe("No budget: BUDGET_EXCEEDED");
      expect(finishReason).toBe("stop");
      expect(usage).toMatchObject({ inputTokens: 0, outputTokens: 0 });
      const result = ai.streamText({ model: model(), prompt });
      expect(await result.text).toBe("No budget: BUDGET_EXCEEDED");
      expect(await result.finishReason).toBe("stop");
      expect(provider.calls).toEqual([]);
    });

    it("rejects if it returns nothing", async () => {
      const { model } = await metering(version, { onDenied: () => undefined }, TOO_LITTLE);
      const error = await rejection(ai.generateText({ model: model(), prompt }));
      expect(error).toBeInstanceOf(BudgetDeniedError);
    });
  });
});

async function all<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
