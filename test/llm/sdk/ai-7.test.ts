import type { createOpenAI } from "@ai-sdk/openai";
import type * as ai from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import { metersAi } from "./ai.js";

// What the suite calls is the same in both versions.
const sdk = ai7 as unknown as typeof ai;
metersAi("ai 7", sdk, createOpenAI4 as unknown as typeof createOpenAI);
