// Tools of the AI SDK on a budget of risk points. The model is told which calls did not fit.
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, tool } from "ai";
import { credits, CyclesClient, format, riskPoints } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { gateTools } from "cycles-client/tools";
import { z } from "zod";
import { openProvider } from "../provider/server.mjs";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": riskPoints(12) } });
const cycles = new CyclesClient(authority.clientOptions("acme"));
const provider = await openProvider();
const openai = createOpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });

const tools = gateTools(
  cycles,
  {
    search: tool({
      inputSchema: z.object({ query: z.string() }),
      execute: ({ query }) => `Nothing found for ${query}`,
    }),
    send_email: tool({
      inputSchema: z.object({ to: z.string() }),
      execute: ({ to }) => {
        console.log(`E-mail sent to ${to}`);
        return "sent";
      },
    }),
    delete_file: tool({
      inputSchema: z.object({ path: z.string() }),
      execute: ({ path }) => `Deleted ${path}`,
    }),
  },
  { search: credits(0), send_email: riskPoints(5) },
  {
    onDenied: "tell-the-model",
    onUnpriced: (names) => console.log(`Tools without a cost: ${names.join(", ")}`),
  },
);

provider.next({ tools: [{ name: "search", arguments: { query: "ducks" } }] });
const people = ["ann", "bob", "cem"];
provider.next({ tools: people.map((to) => ({ name: "send_email", arguments: { to } })) });
const { text } = await generateText({
  model: openai.chat("gpt-4o-mini"),
  prompt: "Tell my friends about ducks",
  tools,
  stopWhen: stepCountIs(5),
});
console.log(text);

await cycles.close();
provider.close();
const [{ spent }] = authority.balances();
console.log(`Authority: requests ${authority.requests.length}, spent ${format(spent)}`);
