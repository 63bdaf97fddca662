import { createOpenAI } from "@ai-sdk/openai";
import * as ai6 from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import { BudgetDeniedError, riskPoints } from "cycles-client";
import { gateTools } from "cycles-client/tools";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openProvider } from "../../examples/provider/server.mjs";
import { rejection } from "../support/server.js";
import { scene } from "./scene.js";

type Ai = Pick<typeof ai6, "generateText" | "streamText" | "stepCountIs" | "tool">;

gatesTools("ai 6", ai6, createOpenAI);
// What the tests call is the same in both versions.
gatesTools("ai 7", ai7 as unknown as Ai, createOpenAI4 as unknown as typeof createOpenAI);

/** A loop of the SDK in which a model calls tools of ours. */
function gatesTools(name: string, sdk: Ai, create: typeof createOpenAI): void {
  const loop = async (points: number) => {
    const parts = scene({ points });
    const provider = await openProvider();
    onTestFinished(provider.close);
    const sent: string[] = [];
    const tools = {
      send_email: sdk.tool({
        inputSchema: z.object({ to: z.string() }),
        execute: ({ to }) => {
          sent.push(to);
          return { sentTo: to };
        },
      }),
      watch: sdk.tool({
        inputSchema: z.object({}),
        execute: async function* () {
          yield "one bird";
          yield "two birds";
        },
      }),
      ask_user: sdk.tool({ inputSchema: z.object({}), outputSchema: z.string() }),
    };
    const model = create({ apiKey: "sk-test", baseURL: provider.baseURL }).chat("gpt-4o-mini");
    const stopWhen = sdk.stepCountIs(5);
    return { ...parts, provider, sent, tools, request: { model, prompt: "Go", stopWhen } };
  };
  const email = (to: string) => ({ name: "send_email", arguments: { to } });
  const toolResults = (steps: { content: readonly object[] }[]) =>
    steps.flatMap(({ content }) => content).filter((part) => "output" in part);

  describe(name, () => {
    it("charges each tool call that the model makes", async () => {
      const { cycles, tools, request, provider, sent, spent, bodies } = await loop(12);
      provider.next({ tools: [email("ann"), email("bob")] });
      const costs = { send_email: riskPoints(5) };
      const { steps } = await sdk.generateText({
        ...request,
        tools: gateTools(cycles, tools, costs),
      });
      expect(sent).toEqual(["ann", "bob"]);
      expect(spent()).toBe(10);
      expect(toolResults(steps)).toMatchObject([
        { output: { sentTo: "ann" } },
        { output: { sentTo: "bob" } },
      ]);
      const keys = bodies("createReservation").map(({ idempotency_key: key }) => key);
      expect(keys).toEqual([
        expect.stringMatching(/^tool:send__email:call_/),
        expect.stringMatching(/^tool:send__email:call_/),
      ]);
    });

    it("tells the model which calls did not fit", async () => {
      const { cycles, tools, request, provider, sent, spent } = await loop(12);
      provider.next({ tools: [email("ann"), email("bob"), email("cem")] });
      const costs = { send_email: riskPoints(5) };
      const gated = gateTools(cycles, tools, costs, { onDenied: "tell-the-model" });
      await sdk.generateText({ ...request, tools: gated });
      expect(sent).toHaveLength(2);
      expect(spent()).toBe(10);
      const told = JSON.stringify(provider.calls.at(-1)?.body);
      expect(told.split("did not run: it costs 5 risk points").length - 1).toBe(1);
      expect(told).not.toContain("tenant:acme");
    });

    it("passes a denial to the model as the error of the tool", async () => {
      const { cycles, tools, request, provider, sent } = await loop(3);
      provider.next({ tools: [email("ann")] });
      const gated = gateTools(cycles, tools, { send_email: riskPoints(5) });
      const { steps } = await sdk.generateText({ ...request, tools: gated });
      const [failed] = steps.flatMap(({ content }) =>
        content.filter(({ type }) => type === "tool-error"),
      );
      expect(failed).toMatchObject({ error: expect.any(BudgetDeniedError) });
      expect(sent).toEqual([]);
    });

    it("keeps preliminary results, and charges the tool when they end", async () => {
      const { cycles, tools, request, provider, spent } = await loop(12);
      provider.next({ tools: [{ name: "watch", arguments: {} }] });
      const costs = {
        watch: { cost: riskPoints(8), actual: (last: string) => riskPoints(last.length) },
      };
      const stream = sdk.streamText({ ...request, tools: gateTools(cycles, tools, costs) });
      const outputs: unknown[] = [];
      for await (const part of stream.fullStream) {
        if (part.type === "tool-result") outputs.push([part.output, part.preliminary ?? false]);
      }
      expect(outputs).toEqual([
        ["one bird", true],
        ["two birds", true],
        ["two birds", false],
      ]);
      expect(spent()).toBe("two birds".length);
    });

    it("refuses a tool with preliminary results in their place", async () => {
      const { cycles, tools, request, provider, spent } = await loop(3);
      provider.next({ tools: [{ name: "watch", arguments: {} }] });
      const costs = { watch: riskPoints(8) };
      const gated = gateTools(cycles, tools, costs, { onDenied: "tell-the-model" });
      const { steps } = await sdk.generateText({ ...request, tools: gated });
      expect(toolResults(steps)).toMatchObject([
        { output: expect.stringContaining("did not run") },
      ]);
      expect(spent()).toBe(0);
    });

    it("passes a tool without execute on untouched", async () => {
      const { cycles, tools } = await loop(1);
      expect(gateTools(cycles, tools, {}).ask_user).toBe(tools.ask_user);
    });

    it("does not hand a refusal to toModelOutput, which expects the output of the tool", async () => {
      const { cycles, request, provider } = await loop(3);
      provider.next({ tools: [{ name: "count", arguments: {} }] });
      const count = sdk.tool({
        inputSchema: z.object({}),
        execute: () => ({ birds: [1, 2] }),
        toModelOutput: ({ output }) => ({ type: "text", value: `${output.birds.length} birds` }),
      });
      const options = { onDenied: "tell-the-model" } as const;
      const gated = gateTools(cycles, { count }, { count: riskPoints(8) }, options);
      await sdk.generateText({ ...request, tools: gated });
      expect(JSON.stringify(provider.calls.at(-1)?.body)).toContain("did not run");
      expect(JSON.stringify(provider.calls.at(-1)?.body)).not.toContain("birds");
    });

    it("neither runs nor charges a tool call again that has run", async () => {
      const { cycles, tools, sent, spent } = await loop(12);
      const gated = gateTools(cycles, tools, { send_email: riskPoints(5) });
      const options = { toolCallId: "call_1", messages: [], context: {} };
      const call = async () => gated.send_email.execute?.({ to: "ann" }, options);
      await call();
      expect(await rejection(call())).toMatchObject({
        code: "TOOL_CALL_REPEATED",
        tool: "send_email",
      });
      expect(sent).toEqual(["ann"]);
      expect(spent()).toBe(5);
    });

    it("runs one of two equal tool calls at once, and charges it once", async () => {
      const { cycles, tools, sent, spent } = await loop(12);
      const gated = gateTools(cycles, tools, { send_email: riskPoints(5) });
      const options = { toolCallId: "call_1", messages: [], context: {} };
      const call = async () => gated.send_email.execute?.({ to: "ann" }, options);
      const results = await Promise.allSettled([call(), call()]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      expect(sent).toEqual(["ann"]);
      expect(spent()).toBe(5);
    });
  });
}
