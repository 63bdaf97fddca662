import { metered } from "cycles-client/llm";
import Groq from "groq-sdk";
import type OpenAI from "openai";
import { chat } from "./chat.js";
import { meters } from "./suite.js";

meters(
  "groq-sdk",
  ({ provider, cycles, options }) => {
    const client = new Groq({ apiKey: "test", baseURL: provider.origin });
    const typed: Groq = metered(client, cycles, options);
    // What the suite calls is the same as in the OpenAI SDK.
    return chat(typed as unknown as OpenAI, "llama-3.1-8b-instant");
  },
  { hasWithResponse: true },
);
