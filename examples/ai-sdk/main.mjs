// The AI SDK with a budget in front of its models: a stream, and an agent that holds its budget once.
import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateText, stepCountIs, streamText, tool } from "ai";
import { wrapEmbeddingModel, wrapLanguageModel } from "ai";
import { usd } from "cycles-client";
import { budget, embeddingBudget } from "cycles-client/ai";
import { deniedBy } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import { z } from "zod";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("0.02");
const openai = createOpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
const price = prices();
const model = wrapLanguageModel({
  model: openai("gpt-5-mini"),
  middleware: budget(cycles, { price, maxOutput: 1_000 }),
});

const { textStream } = streamText({ model, prompt: "What do ducks eat?" });
for await (const piece of textStream) process.stdout.write(piece);
console.log();

const vectors = wrapEmbeddingModel({
  model: openai.embedding("text-embedding-3-small"),
  middleware: embeddingBudget(cycles, { price }),
});
const { usage } = await embed({ model: vectors, value: "duck" });
console.log(`Embedded ${usage.tokens} token`);

const weather = tool({
  description: "Returns the weather in a city",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => `It rains in ${city}`,
});
provider.next({ tools: [{ name: "weather", arguments: { city: "Oslo" } }] });
// All steps of the agent draw on one reservation.
const run = { action: { kind: "agent.run", name: "forecaster" }, estimate: usd("0.01") };
const { text } = await cycles.allowance(run, () =>
  generateText({
    model,
    prompt: "Is it dry in Oslo?",
    tools: { weather },
    stopWhen: stepCountIs(3),
  }),
);
console.log(text);

try {
  await generateText({ model, prompt: "Write a novel.", maxOutputTokens: 100_000 });
} catch (error) {
  console.log(`Denied: ${deniedBy(error)?.code}`);
}
await report();
