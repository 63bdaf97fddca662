// Messages through the Anthropic SDK until the budget is spent. The denial is thrown by the call.
import Anthropic from "@anthropic-ai/sdk";
import { deniedBy, metered } from "cycles-client/llm";
import { rate } from "cycles-client/prices";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("0.0012");
const sdk = new Anthropic({ apiKey: "sk-offline", baseURL: provider.origin });
const anthropic = metered(sdk, cycles, { price: rate({ input: "1.00", output: "5.00" }) });

try {
  for (const content of ["What do ducks eat?", "Where do geese sleep?", "Do swans sing?"]) {
    const messages = [{ role: /** @type {const} */ ("user"), content }];
    const stream = anthropic.messages.stream({
      model: "claude-haiku-4-5",
      max_tokens: 220,
      messages,
    });
    console.log(await stream.finalText());
  }
} catch (error) {
  const denial = deniedBy(error);
  if (denial === undefined) throw error;
  console.log(`Denied: ${denial.message}`);
}

await report();
