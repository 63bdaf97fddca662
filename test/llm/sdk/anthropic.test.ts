import Anthropic from "@anthropic-ai/sdk";
import { BudgetDeniedError } from "cycles-client";
import { metered } from "cycles-client/llm";
import { expect, it } from "vitest";
import { rejection } from "../../support/server.js";
import { scene, type Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

const MODEL = "claude-haiku-4-5";

const open = ({ provider, cycles, options }: Setting) =>
  metered(new Anthropic({ apiKey: "sk-test", baseURL: provider.origin }), cycles, options);

meters("@anthropic-ai/sdk", (setting) => messages(open(setting)), { hasWithResponse: true });

it("@anthropic-ai/sdk: throws the denial itself", async () => {
  const { setting } = await scene("0.00000001");
  const error = await rejection(open(setting).messages.create(request("ducks")));
  expect(error).toBeInstanceOf(BudgetDeniedError);
});

function messages(anthropic: Anthropic): Sdk {
  return {
    async ask(question, signal) {
      return textOf(await anthropic.messages.create(request(question), { signal }));
    },
    async *stream(question, signal) {
      const streamed = { ...request(question), stream: true as const };
      for await (const event of await anthropic.messages.create(streamed, { signal }))
        if (event.type === "content_block_delta" && event.delta.type === "text_delta")
          yield event.delta.text;
    },
    async askWithResponse(question) {
      const { data, response } = await anthropic.messages.create(request(question)).withResponse();
      return { text: textOf(data), response };
    },
  };
}

function request(content: string) {
  return { model: MODEL, max_tokens: 200, messages: [{ role: "user" as const, content }] };
}

function textOf({ content: [block] }: Anthropic.Message): string {
  return block?.type === "text" ? block.text : "";
}
