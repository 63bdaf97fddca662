import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from "@openai/agents";
import { BudgetDeniedError, riskPoints } from "cycles-client";
import { deniedBy } from "cycles-client/llm";
import { gate, gateTools } from "cycles-client/tools";
import { OpenAI } from "openai-7";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openProvider } from "../../examples/provider/server.mjs";
import { rejection } from "../support/server.js";
import { scene } from "./scene.js";

setTracingDisabled(true);

const parameters = z.object({ to: z.string() });

/** A runner of agents whose model calls tools as planned, and a tool that sends an e-mail. */
async function office(points: number) {
  const provider = await openProvider();
  onTestFinished(provider.close);
  const openai = new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
  type Client = NonNullable<ConstructorParameters<typeof OpenAIProvider>[0]>["openAIClient"];
  // The SDK has its own copy of this version, whose private fields make the types differ.
  const openAIClient = openai as unknown as NonNullable<Client>;
  const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient }) });
  const sent: string[] = [];
  const sendEmail = tool({
    name: "send_email",
    description: "Sends an e-mail",
    parameters,
    execute: ({ to }) => {
      sent.push(to);
      return `Sent to ${to}`;
    },
  });
  const asks = (...people: string[]) =>
    provider.next({ tools: people.map((to) => ({ name: "send_email", arguments: { to } })) });
  const told = () => JSON.stringify(provider.calls.at(-1)?.body);
  return { ...scene({ points }), provider, runner, sent, sendEmail, asks, told };
}

it("charges each call of a function tool that the model makes", async () => {
  const { cycles, runner, sent, sendEmail, asks, spent, bodies } = await office(12);
  const tools = gateTools(cycles, { sendEmail }, { sendEmail: ({ to }) => riskPoints(to.length) });
  asks("ann", "bobby");
  await runner.run(new Agent({ name: "clerk", tools: Object.values(tools) }), "Go");
  expect(sent).toEqual(["ann", "bobby"]);
  expect(spent()).toBe(8);
  expect(bodies("createReservation")[0]).toMatchObject({
    action: { kind: "tool.call", name: "send_email" },
    idempotency_key: expect.stringMatching(/^tool:send__email:call_/),
  });
});

it("tells the model which calls did not fit", async () => {
  const { cycles, runner, sent, sendEmail, asks, told, spent } = await office(12);
  const costs = { sendEmail: riskPoints(5) };
  const tools = gateTools(cycles, { sendEmail }, costs, { onDenied: "tell-the-model" });
  asks("ann", "bob", "cem");
  await runner.run(new Agent({ name: "clerk", tools: Object.values(tools) }), "Go");
  expect(sent).toHaveLength(2);
  expect(spent()).toBe(10);
  expect(told().split("did not run: it costs 5 risk points").length - 1).toBe(1);
});

it("ends the run with the denial, if the model is not told", async () => {
  const { cycles, runner, sent, sendEmail, asks } = await office(3);
  const tools = gateTools(cycles, { sendEmail }, { sendEmail: riskPoints(5) });
  asks("ann");
  const agent = new Agent({ name: "clerk", tools: Object.values(tools) });
  const error = await rejection(runner.run(agent, "Go"));
  expect(deniedBy(error)).toBeInstanceOf(BudgetDeniedError);
  expect(sent).toEqual([]);
});

it("gates the execute function of a tool, too", async () => {
  const { cycles, runner, asks, told, spent, bodies } = await office(8);
  const options = { name: "send_email", cost: riskPoints(5), onDenied: "tell-the-model" } as const;
  const sendEmail = tool({
    name: "send_email",
    description: "Sends an e-mail",
    parameters,
    execute: gate(cycles, options, ({ to }: { to: string }) => `Sent to ${to}`),
  });
  asks("ann", "bob");
  await runner.run(new Agent({ name: "clerk", tools: [sendEmail] }), "Go");
  expect(told()).toContain("Sent to ann");
  expect(told()).toContain("did not run");
  expect(spent()).toBe(5);
  expect(bodies("createReservation")[0].idempotency_key).toMatch(/^tool:send__email:call_/);
});
