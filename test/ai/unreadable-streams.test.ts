import { budget } from "cycles-client/ai";
import { describe, expect, it } from "vitest";
import { AI_VERSIONS, type AiVersion } from "./models.js";
import { metering, middlewareOptions } from "./support.js";

/** A stream of parts, made by the middleware of a model that returns `source`. */
async function streaming(version: AiVersion, source: ReadableStream<object>) {
  const parts = await metering(version);
  const model = version.ai.wrapLanguageModel({
    model: Object.create(parts.openai.chat("gpt-4o-mini"), {
      doStream: { value: () => Promise.resolve({ stream: source }) },
    }),
    middleware: budget(parts.cycles, middlewareOptions(parts.setting)),
  });
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "ducks" }] }];
  return { ...parts, stream: () => model.doStream({ prompt }) };
}

describe.each(AI_VERSIONS)("the budget of a stream is not kept, $name", (version) => {
  it("if the stream cannot be read", async () => {
    const locked = new ReadableStream<object>();
    locked.getReader();
    const { stream, settled, marks } = await streaming(version, locked);
    await expect(stream()).rejects.toThrow("locked");
    expect(await settled()).toBeGreaterThan(0);
    expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "request" });
  });

  it("if a part of it cannot be read", async () => {
    const part = {
      type: "finish",
      get usage(): unknown {
        throw new Error("no usage here");
      },
    };
    const source = new ReadableStream<object>({ start: (parts) => parts.enqueue(part) });
    const { stream, settled, marks } = await streaming(version, source);
    const reader = (await stream()).stream.getReader();
    await expect(reader.read()).rejects.toThrow("no usage here");
    expect(await settled()).toBeGreaterThan(0);
    expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "text" });
  });
});
