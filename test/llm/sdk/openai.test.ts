import { deniedBy, metered } from "cycles-client/llm";
import { OpenAI } from "openai";
import { OpenAI as OpenAI7 } from "openai-7";
import { expect, it } from "vitest";
import { rejection } from "../../support/server.js";
import { chat } from "./chat.js";
import { cost, scene, type Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

metersOpenAI("openai 6", ({ provider, cycles, options }) =>
  metered(new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL }), cycles, options),
);

metersOpenAI("openai 7", ({ provider, cycles, options }) => {
  const client = new OpenAI7({ apiKey: "sk-test", baseURL: provider.baseURL });
  const typed: OpenAI7 = metered(client, cycles, options);
  // What the suite calls is the same in both versions. Their private fields make the types differ.
  return typed as unknown as OpenAI;
});

/** The suite for a version of the OpenAI SDK. */
function metersOpenAI(name: string, open: (setting: Setting) => OpenAI): void {
  meters(`${name}, chat completions`, (setting) => chat(open(setting)), { hasWithResponse: true });
  meters(`${name}, responses`, (setting) => responses(open(setting)), { hasWithResponse: true });

  it(`${name}: spends what the provider bills for embeddings`, async () => {
    const { setting, provider, settled } = await scene();
    const request = { model: "text-embedding-3-small", input: ["ducks", "geese and swans"] };
    const { data } = await open(setting).embeddings.create(request);
    expect(data.map(({ embedding }) => embedding)).toEqual(Array(2).fill([0.25, 0.5, -0.75]));
    expect(await settled()).toBe(cost(provider.billed));
  });

  it(`${name}: spends what the provider bills for tool calls`, async () => {
    const { setting, provider, settled } = await scene();
    provider.next({ tools: [{ name: "weather", arguments: { city: "Bergen" } }] });
    const messages = [{ role: "user" as const, content: "What is the weather in Bergen?" }];
    const stream = open(setting).chat.completions.stream({ model: "gpt-4o-mini", messages });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.message.tool_calls).toHaveLength(1);
    expect(await settled()).toBe(cost(provider.billed));
  });

  it(`${name}: denies embeddings before the provider is called`, async () => {
    const { setting, provider } = await scene("0.00000001");
    const request = { model: "text-embedding-3-small", input: "ducks" };
    const error = await rejection(open(setting).embeddings.create(request));
    expect(deniedBy(error)?.code).toBe("BUDGET_EXCEEDED");
    expect(provider.calls).toEqual([]);
  });

  it(`${name}: passes on what costs nothing`, async () => {
    const { setting, requests } = await scene("0.00000001");
    expect((await open(setting).models.list()).data).toHaveLength(1);
    expect(requests()).toEqual({ reserves: 0, commits: 0, releases: 0 });
  });
}

function responses(openai: OpenAI): Sdk {
  const request = (input: string) => ({ model: "gpt-5-mini", input });
  return {
    async ask(question, signal) {
      return (await openai.responses.create(request(question), { signal })).output_text;
    },
    async *stream(question, signal) {
      const streamed = { ...request(question), stream: true as const };
      for await (const event of await openai.responses.create(streamed, { signal }))
        if (event.type === "response.output_text.delta") yield event.delta;
    },
    async askWithResponse(question) {
      const { data, response } = await openai.responses.create(request(question)).withResponse();
      return { text: data.output_text, response };
    },
  };
}
