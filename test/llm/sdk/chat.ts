import type OpenAI from "openai";
import type { Sdk } from "./suite.js";

/** A client for chat completions. Other providers have clients of the same shape. */
export function chat(openai: Pick<OpenAI, "chat">, model = "gpt-4o-mini"): Sdk {
  const request = (content: string) => ({ model, messages: [{ role: "user" as const, content }] });
  const textOf = (completion: OpenAI.ChatCompletion) =>
    completion.choices[0]?.message.content ?? "";
  return {
    async ask(question, signal) {
      return textOf(await openai.chat.completions.create(request(question), { signal }));
    },
    async *stream(question, signal) {
      const streamed = { ...request(question), stream: true as const };
      for await (const chunk of await openai.chat.completions.create(streamed, { signal })) {
        // The chunk with the usage has no choices. Metering takes it out again.
        const [{ delta }] = chunk.choices as [OpenAI.ChatCompletionChunk.Choice];
        if (delta.content) yield delta.content;
      }
    },
    async askWithResponse(question) {
      const call = openai.chat.completions.create(request(question));
      const { data, response } = await call.withResponse();
      return { text: textOf(data), response };
    },
  };
}
