import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { metersAi } from "./ai.js";

metersAi("ai 6", ai, createOpenAI);
