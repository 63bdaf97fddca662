import type { GoogleGenAI } from "@google/genai";
import { metered } from "cycles-client/llm";
import { GoogleGenAI as GoogleGenAI3 } from "google-genai-3";
import { httpOptions, metersGemini } from "./gemini.js";

metersGemini("@google/genai 3", (setting) => {
  const client = new GoogleGenAI3({ apiKey: "test", httpOptions: httpOptions(setting) });
  const typed: GoogleGenAI3 = metered(client, setting.cycles, setting.options);
  // What the suite calls is the same in both versions. Their private fields make the types differ.
  return typed as unknown as GoogleGenAI;
});
