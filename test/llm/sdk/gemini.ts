import type { GoogleGenAI } from "@google/genai";
import { meters, type Sdk } from "./suite.js";
import type { Setting } from "./scene.js";

/** The suite for a version of the Google Gen AI SDK. It does not cancel the response on `break`. */
export function metersGemini(name: string, open: (setting: Setting) => GoogleGenAI): void {
  meters(name, (setting) => content(open(setting)), { leavesOpen: true });
}

/** How the SDK is told to call the provider, and to try again at once. */
export const httpOptions = ({ provider }: Setting) => ({
  baseUrl: provider.origin,
  retryOptions: { attempts: 2, initialDelay: 0.001, jitter: 0 },
});

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
