import { microcents } from "cycles-client";
import { ManualClock } from "cycles-client/embedded";
import { type MeterOptions, meteredFetch, type PricedCall } from "cycles-client/llm";
import fc from "fast-check";
import { expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";

/** `npm run metering` runs the whole campaign. */
const RUNS = Number(process.env["RANDOM_STREAMS"] ?? 300);

type Format = "chat" | "responses" | "messages" | "generate-content";
type Ending = "end" | "cancel" | "error" | "abort" | "stall" | "resume";

const streams = fc.record({
  format: fc.constantFrom<Format>("chat", "responses", "messages", "generate-content"),
  words: fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { maxLength: 12 }),
  input: fc.nat(2_000),
  reasoning: fc.nat(50),
  hasUsage: fc.boolean(),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
  /** How many chunks the caller reads before the ending. */
  reads: fc.nat(40),
  ending: fc.constantFrom<Ending>("end", "cancel", "error", "abort", "stall", "resume"),
});
type Stream = typeof streams extends fc.Arbitrary<infer Value> ? Value : never;

it(`records ${RUNS} random streams once, and never less than the usage that was seen`, async () => {
  await fc.assert(fc.asyncProperty(streams, check), { numRuns: RUNS });
});

async function check(given: Stream): Promise<void> {
  const clock = new ManualClock();
  const { client, authority, sent } = budgeted();
  const { source, push, close, fail } = controlled();
  const price = ({ usage }: PricedCall) => microcents(usage.inputTokens + usage.outputTokens);
  const options: MeterOptions = { clock, price, fetch: () => Promise.resolve(source) };
  const abort = new AbortController();
  const response = await meteredFetch(client, options)(URLS[given.format], {
    method: "POST",
    body: JSON.stringify(BODIES[given.format]),
    signal: abort.signal,
  });
  const events = eventsOf(given);
  const chunks = split(new TextEncoder().encode(events.map(({ text }) => text).join("")), given);
  const isWhole = given.ending === "end" || given.ending === "resume";
  const before = given.ending === "end" ? chunks.length : Math.min(given.reads, chunks.length);
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error("no body");
  const reading = (async () => {
    for (;;) {
      const { done } = await reader.read();
      if (done) return;
    }
  })().catch(() => undefined);
  for (const chunk of chunks.slice(0, before)) await push(chunk);
  if (given.ending === "cancel") await reader.cancel();
  if (given.ending === "error") fail();
  if (given.ending === "abort") abort.abort();
  if (given.ending === "stall" || given.ending === "resume") await clock.advance(60_000);
  if (given.ending === "resume") for (const chunk of chunks.slice(before)) await push(chunk);
  if (isWhole) close();
  if (given.ending !== "stall" && given.ending !== "abort") await reading;
  await expect.poll(() => authority.balances("tenant:acme")[0]?.reserved.amount).toBe(0);

  const bytes = isWhole ? chunks : chunks.slice(0, before);
  const seen = bytes.reduce((sum, { length }) => sum + length, 0);
  const spent = authority.balances("tenant:acme")[0]?.spent.amount ?? 0;
  const reserves = sent("reservations").length;
  if (seen > 0) expect(spent).toBeGreaterThan(0);
  let end = 0;
  let billed = 0;
  for (const { text, usage } of events) {
    end += new TextEncoder().encode(text).length;
    if (end <= seen && usage !== undefined) billed = Math.max(billed, usage);
  }
  expect(spent).toBeGreaterThanOrEqual(billed);
  // A complete stream with usage costs its usage. What a silence had charged stays charged.
  if (given.ending === "end" && given.hasUsage) expect(spent).toBe(billed);
  expect(sent("commit").length).toBe(reserves);
  expect(reserves).toBeLessThanOrEqual(given.ending === "resume" ? 2 : 1);
}

const URLS: Record<Format, string> = {
  chat: "https://api.openai.com/v1/chat/completions",
  responses: "https://api.openai.com/v1/responses",
  messages: "https://api.anthropic.com/v1/messages",
  "generate-content":
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
};

const MESSAGES = [{ role: "user", content: "Tell me something" }];
const BODIES: Record<Format, object> = {
  chat: { model: "gpt-4o-mini", messages: MESSAGES, stream: true },
  responses: { model: "gpt-4o-mini", input: "Tell me something", stream: true },
  messages: { model: "claude-haiku-4-5", max_tokens: 500, messages: MESSAGES, stream: true },
  "generate-content": { contents: [{ role: "user", parts: [{ text: "Tell me something" }] }] },
};

/** An event as text, and the tokens that it says have been used so far. */
interface Sent {
  readonly text: string;
  readonly usage?: number;
}

/** The events of an answer of one token for each word. */
function eventsOf(given: Stream): Sent[] {
  const { words, input, reasoning, hasUsage, lineEnd } = given;
  const output = words.length + reasoning;
  const total = input + output;
  const event = (body: object | string, usage?: number): Sent => {
    const data = typeof body === "string" ? body : JSON.stringify(body);
    const name = typeof body === "object" && "type" in body ? [`event: ${String(body.type)}`] : [];
    const text = [...name, `data: ${data}`, "", ""].join(lineEnd);
    return { text, ...(hasUsage && usage !== undefined ? { usage } : {}) };
  };
  const only = (body: object) => (hasUsage ? body : {});
  switch (given.format) {
    case "chat":
      return [
        ...words.map((content) => event({ choices: [{ delta: { content } }], usage: null })),
        ...(hasUsage
          ? [
              event(
                { choices: [], usage: { prompt_tokens: input, completion_tokens: output } },
                total,
              ),
            ]
          : []),
        event("[DONE]"),
      ];
    case "responses":
      return [
        event({ type: "response.created", response: { usage: null } }),
        ...words.map((delta) => event({ type: "response.output_text.delta", delta })),
        event(
          {
            type: "response.completed",
            response: only({ usage: { input_tokens: input, output_tokens: output } }),
          },
          total,
        ),
      ];
    case "messages":
      return [
        event(
          {
            type: "message_start",
            message: only({ usage: { input_tokens: input, output_tokens: 1 } }),
          },
          input + 1,
        ),
        ...words.map((text) =>
          event({ type: "content_block_delta", delta: { type: "text_delta", text } }),
        ),
        event(
          { type: "message_delta", ...only({ usage: { output_tokens: output + 1 } }) },
          total + 1,
        ),
        event({ type: "message_stop" }),
      ];
    case "generate-content":
      return [...words, ""].map((text, index) => {
        const written = Math.min(index + 1, words.length);
        const counts = { promptTokenCount: input, candidatesTokenCount: written };
        const isLast = index === words.length;
        return event(
          {
            candidates: [
              { content: { parts: [{ text }] }, ...(isLast && { finishReason: "STOP" }) },
            ],
            ...only({ usageMetadata: { ...counts, thoughtsTokenCount: reasoning } }),
          },
          input + written + reasoning,
        );
      });
    default:
      return given.format satisfies never;
  }
}

/** Splits bytes anywhere, also inside UTF-8 sequences. */
function split(bytes: Uint8Array, { sizes }: Stream): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    chunks.push(bytes.slice(start, start + size));
    start += size;
  }
  return chunks;
}

/** A response whose chunks arrive when the check says so. */
function controlled() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  return {
    source: new Response(body, { headers: { "content-type": "text/event-stream" } }),
    /** Sends a chunk, and lets the reader take it. */
    async push(chunk: Uint8Array) {
      controller?.enqueue(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => controller?.close(),
    fail: () => controller?.error(new Error("the connection was cut")),
  };
}
