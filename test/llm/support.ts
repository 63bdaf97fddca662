import { createParser } from "eventsource-parser";
import { type MeterOptions, meteredFetch } from "cycles-client/llm";
import { scene } from "./sdk/scene.js";

/** A metered fetch in front of the stand-in for a provider, and what the ledger says. */
export async function metering(options: MeterOptions = {}, budget = "1.00") {
  const parts = await scene(budget, options);
  const { provider, setting } = parts;
  const fetch = meteredFetch(setting.cycles, setting.options);
  return {
    ...parts,
    fetch,
    /** Sends a chat completion. */
    chat: (body: object = {}, init: RequestInit = {}) =>
      fetch(`${provider.baseURL}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: MESSAGES, ...body }),
        ...init,
      }),
  };
}

export const MESSAGES = [{ role: "user", content: "What do ducks eat in the winter?" }];

/** The data of the events in a text. */
export function eventsOf(text: string): string[] {
  const events: string[] = [];
  createParser({ onEvent: ({ data }) => events.push(data) }).feed(text);
  return events;
}

/** A body that is read by hand. */
export function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (body === null) throw new Error("the response has no body");
  return body.getReader();
}
