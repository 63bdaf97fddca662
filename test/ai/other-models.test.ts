import { BudgetDeniedError, microcents } from "cycles-client";
import { embeddingBudget, imageBudget } from "cycles-client/ai";
import { describe, expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { cost, scene } from "../llm/sdk/scene.js";
import { AI_VERSIONS } from "./models.js";
import { middlewareOptions, openaiOf } from "./support.js";

const TOO_LITTLE = "0.00000001";

describe.each(AI_VERSIONS)("an embedding model with a budget, $name", (version) => {
  const { ai } = version;

  async function opened(funds?: string) {
    const parts = await scene(funds);
    const model = ai.wrapEmbeddingModel({
      model: openaiOf(version, parts.setting).embedding("text-embedding-3-small"),
      middleware: embeddingBudget(parts.setting.cycles, middlewareOptions(parts.setting)),
    });
    return { ...parts, model };
  }

  it("spends what the provider bills", async () => {
    const { model, provider, settled, requests, sent } = await opened();
    await ai.embed({ model, value: "duck" });
    await ai.embedMany({ model, values: ["duck", "goose", "heron"] });
    expect(await settled()).toBe(cost(provider.billed));
    expect(requests()).toEqual({ reserves: 2, commits: 2, releases: 0 });
    const { action } = JSON.parse(sent("reservations")[0]?.body ?? "");
    expect(action).toEqual({ kind: "llm.embedding", name: "text-embedding-3-small" });
  });

  it("spends an estimate of a response without usage", async () => {
    const { model, provider, settled, marks } = await opened();
    provider.next({ usage: false });
    await ai.embed({ model, value: "duck" }).catch(() => undefined);
    expect(await settled()).toBeGreaterThanOrEqual(cost(provider.billed));
    expect(marks()).toMatchObject({ actual_source: "estimate" });
  });

  it("releases an attempt that the provider refused", async () => {
    const { model, provider, settled, requests } = await opened();
    provider.next({ status: 503 });
    await ai.embed({ model, value: "duck" });
    expect(await settled()).toBe(cost(provider.billed));
    expect(requests()).toEqual({ reserves: 2, commits: 1, releases: 1 });
  });

  it("denies in one attempt, before the provider is called", async () => {
    const { model, provider, requests } = await opened(TOO_LITTLE);
    const error = await rejection(ai.embed({ model, value: "duck" }));
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(provider.calls).toEqual([]);
    expect(requests().reserves).toBe(1);
  });
});

describe.each(AI_VERSIONS)("an image model with a budget, $name", (version) => {
  const { ai } = version;
  const EACH = 4_000;

  async function opened(
    options: Partial<Parameters<typeof imageBudget>[1]> & { isPriced?: boolean } = {},
    funds?: string,
  ) {
    const { isPriced = false, ...given } = options;
    const parts = await scene(funds);
    const { price } = parts.setting.options;
    const model = ai.wrapImageModel({
      model: openaiOf(version, parts.setting).image("gpt-image-1"),
      middleware: imageBudget(parts.setting.cycles, {
        cost: microcents(EACH),
        ...(isPriced && price && { price }),
        ...given,
      }),
    });
    return { ...parts, model };
  }

  it("spends the cost of each image", async () => {
    const { model, settled, requests, sent, marks } = await opened();
    const { images } = await ai.generateImage({ model, prompt: "a duck", n: 3 });
    expect(images).toHaveLength(3);
    expect(await settled()).toBe(3 * EACH);
    expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    expect(marks()).toBeUndefined();
    const { action } = JSON.parse(sent("reservations")[0]?.body ?? "");
    expect(action).toEqual({ kind: "llm.image", name: "gpt-image-1" });
  });

  it("spends what a function says that the images of the call cost", async () => {
    const { model, settled } = await opened({
      cost: ({ answers, body }) => microcents(answers * (body["size"] === "512x512" ? 100 : 900)),
    });
    await ai.generateImage({ model, prompt: "a duck", n: 2, size: "512x512" });
    expect(await settled()).toBe(200);
  });

  it("spends what the tokens cost that the provider bills, if there is a price", async () => {
    const { model, provider, settled, estimate } = await opened({ isPriced: true });
    await ai.generateImage({ model, prompt: "a duck" });
    expect(estimate()).toBe(EACH);
    expect(await settled()).toBe(cost(provider.billed));
  });

  it("spends the cost of each image if the price does not know the model", async () => {
    const { model, settled, marks } = await opened({ price: () => undefined });
    await ai.generateImage({ model, prompt: "a duck" });
    expect(await settled()).toBe(EACH);
    expect(marks()).toBeUndefined();
  });

  it("releases an attempt that the provider refused", async () => {
    const { model, provider, settled, requests } = await opened();
    provider.next({ status: 503 });
    await ai.generateImage({ model, prompt: "a duck" });
    expect(await settled()).toBe(EACH);
    expect(requests()).toEqual({ reserves: 2, commits: 1, releases: 1 });
  });

  it("spends the estimate of a call that was cut off", async () => {
    const { model, provider, settled, marks } = await opened();
    provider.next({ cutAfter: 0 });
    await rejection(ai.generateImage({ model, prompt: "a duck", maxRetries: 0 }));
    expect(await settled()).toBe(EACH);
    expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "request" });
  });

  it("denies in one attempt, before the provider is called", async () => {
    const { model, provider } = await opened({}, TOO_LITTLE);
    const error = await rejection(ai.generateImage({ model, prompt: "a duck" }));
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(provider.calls).toEqual([]);
  });
});
