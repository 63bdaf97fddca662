// A run of OpenAI Agents that holds its budget once, whatever the number of model calls.
import { Agent, run, setDefaultOpenAIClient, setTracingDisabled, tool } from "@openai/agents";
import { usd } from "cycles-client";
import { metered } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import OpenAI from "openai";
import { z } from "zod";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("1.00");
const sdk = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
// The SDK may have another version of OpenAI's types.
setDefaultOpenAIClient(/** @type {any} */ (metered(sdk, cycles, { price: prices() })));
setTracingDisabled(true);

const weather = tool({
  name: "weather",
  description: "Returns the weather in a city",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `It rains in ${city}`,
});
const agent = new Agent({ name: "forecaster", model: "gpt-5-mini", tools: [weather] });

for (const city of ["Bergen", "Oslo"]) {
  provider.next({ tools: [{ name: "weather", arguments: { city } }] });
}
const request = { action: { kind: "agent.run", name: agent.name }, estimate: usd("0.10") };
const { finalOutput } = await cycles.allowance(request, () =>
  run(agent, "Where is it dry, in Bergen or in Oslo?"),
);
console.log(finalOutput);

await report();
