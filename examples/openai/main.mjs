// Chat completions and responses through the OpenAI SDK, with a budget in front.
import { metered } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import OpenAI from "openai";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("1.00");
const sdk = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
const openai = metered(sdk, cycles, { price: prices() });

const completion = await openai.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "What do ducks eat?" }],
});
console.log(completion.choices[0]?.message.content);

const events = await openai.responses.create({
  model: "gpt-5-mini",
  input: "Where do geese sleep?",
  stream: true,
});
for await (const event of events) {
  if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
}

console.log();
await report();
