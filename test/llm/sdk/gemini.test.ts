import { GoogleGenAI } from "@google/genai";
import { metered } from "cycles-client/llm";
import { httpOptions, metersGemini } from "./gemini.js";

metersGemini("@google/genai 2", (setting) => {
  const client = new GoogleGenAI({ apiKey: "test", httpOptions: httpOptions(setting) });
  return metered(client, setting.cycles, setting.options);
});
