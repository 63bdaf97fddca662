// A LangChain pipeline whose model calls are metered through its fetch.
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { meteredFetch } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import { offline } from "../offline.mjs";

const { cycles, provider, report } = await offline("1.00");
const model = new ChatOpenAI({
  model: "gpt-4o-mini",
  apiKey: "sk-offline",
  configuration: {
    baseURL: provider.baseURL,
    fetch: meteredFetch(cycles, { price: prices() }),
  },
});

const pipeline = ChatPromptTemplate.fromTemplate("What do {animals} eat?").pipe(model);
const replies = await pipeline.batch([{ animals: "ducks" }, { animals: "geese" }]);
for (const { text } of replies) console.log(text);
for await (const { text } of await pipeline.stream({ animals: "swans" })) {
  process.stdout.write(text);
}

console.log();
await report();
