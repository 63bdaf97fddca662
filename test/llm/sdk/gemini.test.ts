import { GoogleGenAI } from "@google/genai";
import { metered } from "cycles-client/llm";
import { GoogleGenAI as GoogleGenAI3 } from "google-genai-3";
import type { Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

metersGemini("@google/genai 2", (setting) => {
  const client = new GoogleGenAI({ apiKey: "test", httpOptions: httpOptions(setting) });
  return metered(client, setting.cycles, setting.options);
});

metersGemini("@google/genai 3", (setting) => {
  const client = new GoogleGenAI3({ apiKey: "test", httpOptions: httpOptions(setting) });
  const typed: GoogleGenAI3 = metered(client, setting.cycles, setting.options);
  // What the suite calls is the same in both versions. Their private fields make the types differ.
  return typed as unknown as GoogleGenAI;
});

/** The suite for a version of the Google Gen AI SDK. It does not cancel the response on `break`. */
function metersGemini(name: string, open: (setting: Setting) => GoogleGenAI): void {
  meters(name, (setting) => content(open(setting)), { leavesOpen: true });
}

/** How the SDK is told to call the provider, and to try again at once. */
function httpOptions({ provider }: Setting) {
  return {
    baseUrl: provider.origin,
    retryOptions: { attempts: 2, initialDelay: 0.001, jitter: 0 },
  };
}

function content({ models }: GoogleGenAI): Sdk {
  const request = (contents: string, abortSignal: AbortSignal | undefined) => ({
    model: "gemini-2.5-flash",
    contents,
    ...(abortSignal && { config: { abortSignal } }),
  });
  return {
    async ask(question, signal) {
      return (await models.generateContent(request(question, signal))).text ?? "";
    },
    async *stream(question, signal) {
      for await (const { text } of await models.generateContentStream(request(question, signal)))
        if (text) yield text;
    },
  };
}
