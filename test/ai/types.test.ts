// The middleware has the types of both versions, without a cast. `npm run typecheck` compiles this.
import { createOpenAI } from "@ai-sdk/openai";
import * as ai6 from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import { CyclesClient, microcents } from "cycles-client";
import { budget, embeddingBudget, imageBudget } from "cycles-client/ai";
import { EmbeddedCycles } from "cycles-client/embedded";
import { expect, expectTypeOf, it } from "vitest";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": microcents(1) } });
const cycles = new CyclesClient(authority.clientOptions("acme"));

it("fits ai 6", () => {
  const openai = createOpenAI({ apiKey: "sk-test" });
  const middleware = budget(cycles, { onDenied: () => "no budget" });
  const model = ai6.wrapLanguageModel({ model: openai("gpt-5-mini"), middleware });
  ai6.wrapLanguageModel({ model: openai("gpt-5-mini"), middleware: [middleware, middleware] });
  ai6.wrapProvider({
    provider: openai,
    languageModelMiddleware: middleware,
    imageModelMiddleware: imageBudget(cycles, { cost: microcents(1) }),
  });
  ai6.wrapImageModel({
    model: openai.image("gpt-image-1"),
    middleware: imageBudget(cycles, { cost: ({ answers }) => microcents(answers) }),
  });
  const vectors = ai6.wrapEmbeddingModel({
    model: openai.embedding("text-embedding-3-small"),
    middleware: embeddingBudget(cycles),
  });
  expectTypeOf(middleware).toExtend<ai6.LanguageModelMiddleware>();
  expect([model.specificationVersion, vectors.specificationVersion]).toEqual(["v3", "v3"]);
});

it("fits ai 7", () => {
  const openai = createOpenAI4({ apiKey: "sk-test" });
  const middleware = budget(cycles, { onDenied: () => "no budget" });
  const model = ai7.wrapLanguageModel({ model: openai("gpt-5-mini"), middleware });
  ai7.wrapLanguageModel({ model: openai("gpt-5-mini"), middleware: [middleware, middleware] });
  ai7.wrapProvider({
    provider: openai,
    languageModelMiddleware: middleware,
    imageModelMiddleware: imageBudget(cycles, { cost: microcents(1) }),
  });
  ai7.wrapImageModel({
    model: openai.image("gpt-image-1"),
    middleware: imageBudget(cycles, { cost: ({ answers }) => microcents(answers) }),
  });
  const vectors = ai7.wrapEmbeddingModel({
    model: openai.embedding("text-embedding-3-small"),
    middleware: embeddingBudget(cycles),
  });
  expectTypeOf(middleware).toExtend<ai7.LanguageModelMiddleware>();
  expect([model.specificationVersion, vectors.specificationVersion]).toEqual(["v4", "v4"]);
});
