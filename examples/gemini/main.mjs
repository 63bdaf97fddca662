// A stream of the Google Gen AI SDK that breaks off. What had arrived by then is charged.
import { GoogleGenAI } from "@google/genai";
import { metered } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("1.00");
const sdk = new GoogleGenAI({ apiKey: "offline", httpOptions: { baseUrl: provider.origin } });
const gemini = metered(sdk, cycles, { price: prices() });

provider.next({ reasoning: 40, cutAfter: 4 });
try {
  const question = { model: "gemini-2.5-flash", contents: "What do ducks eat in the winter?" };
  for await (const { text } of await gemini.models.generateContentStream(question)) {
    process.stdout.write(text ?? "");
  }
} catch (error) {
  console.log(`… ${error.message}`);
}

await report();
