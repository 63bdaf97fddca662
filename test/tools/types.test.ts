import { tool as agentsTool } from "@openai/agents";
import * as ai6 from "ai";
import * as ai7 from "ai-7";
import { type CyclesClient, riskPoints } from "cycles-client";
import { gateTools } from "cycles-client/tools";
import { expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

const inputSchema = z.object({ query: z.string() });

// These functions are compiled and never called. `@ts-expect-error` is an error if its line compiles.
const compiled = {
  async ai6(cycles: CyclesClient, model: ai6.LanguageModel) {
    const search = ai6.tool({ inputSchema, execute: async ({ query }) => [query] });
    const gated = gateTools(
      cycles,
      { search },
      {
        search: {
          cost: ({ query }) => riskPoints(query.length),
          actual: (found) => riskPoints(found.length),
        },
      },
    );
    expectTypeOf(gated).toEqualTypeOf<{ search: typeof search }>();
    const { toolResults } = await ai6.generateText({ model, tools: gated, prompt: "Go" });
    // @ts-expect-error the input is an object
    gateTools(cycles, { search }, { search: (query: string) => riskPoints(query.length) });
    return toolResults;
  },
  async ai7(cycles: CyclesClient, model: ai7.LanguageModel) {
    const search = ai7.tool({ inputSchema, execute: async ({ query }) => [query] });
    const gated = gateTools(
      cycles,
      { search },
      {
        search: {
          cost: ({ query }) => riskPoints(query.length),
          actual: (found) => riskPoints(found.length),
        },
      },
    );
    expectTypeOf(gated).toEqualTypeOf<{ search: typeof search }>();
    const { toolResults } = await ai7.generateText({ model, tools: gated, prompt: "Go" });
    // @ts-expect-error the input is an object
    gateTools(cycles, { search }, { search: (query: string) => riskPoints(query.length) });
    return toolResults;
  },
  agents(cycles: CyclesClient) {
    const search = agentsTool({
      name: "search",
      description: "Searches",
      parameters: inputSchema,
      execute: async ({ query }) => [query],
    });
    const gated = gateTools(
      cycles,
      { search },
      { search: ({ query }) => riskPoints(query.length) },
    );
    expectTypeOf(gated).toEqualTypeOf<{ search: typeof search }>();
    // @ts-expect-error the input has a query
    gateTools(cycles, { search }, { search: ({ text }) => riskPoints(text.length) });
  },
};

it("gated tools have the types of the tools, and costs have those of their inputs", () => {
  expect(Object.keys(compiled)).toHaveLength(3);
});
