import type { createOpenAI } from "@ai-sdk/openai";
import type * as ai from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import { metersAi } from "./ai.js";

// What the suite calls is the same in both versions. After a break, version 7 leaves the stream open.
metersAi("ai 7", ai7 as unknown as typeof ai, createOpenAI4 as unknown as typeof createOpenAI, {
  leavesOpen: true,
});
