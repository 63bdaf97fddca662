import { add, perMillion, usd } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */
/** @import OpenAI from "openai" */

const MODEL = "gpt-4o-mini";
/** Dollars per million tokens. */
const PRICE = { input: "0.15", output: "0.60" };
/** The output limit that the provider gets, so that the cost cannot exceed the estimate. */
const MAX_TOKENS = 500;

/**
 * Streams the reply to a question under a budget. Every piece notes the cost so far, so if the
 * caller stops early, that cost is committed. The provider's own token count comes last and
 * replaces ours.
 * @param {CyclesClient} cycles
 * @param {OpenAI} openai
 * @param {string} question
 */
export async function* chat(cycles, openai, question) {
  // A token is rarely shorter than one character.
  const atMost = price(question.length, MAX_TOKENS);
  const request = { action: { kind: "llm.completion", name: MODEL }, estimate: atMost };
  const chunks = cycles.stream(request, async (guard) => {
    const completion = await openai.chat.completions.create(
      {
        model: MODEL,
        messages: [{ role: "user", content: question }],
        max_tokens: MAX_TOKENS,
        stream: true,
        stream_options: { include_usage: true },
      },
      { signal: guard.signal },
    );
    return noting(guard, question, completion);
  });
  for await (const { choices } of chunks) {
    const piece = choices[0]?.delta.content;
    if (piece) yield piece;
  }
}

/**
 * @param {import("cycles-client").Guard} guard
 * @param {string} question
 * @param {AsyncIterable<OpenAI.ChatCompletionChunk>} completion
 */
async function* noting(guard, question, completion) {
  let pieces = 0;
  for await (const chunk of completion) {
    const { choices, usage } = chunk;
    pieces += choices.filter(({ delta }) => delta.content).length;
    const [input, output] = usage
      ? [usage.prompt_tokens, usage.completion_tokens]
      : [question.length, pieces];
    guard.setActual(price(input, output), {
      metrics: { tokens_input: input, tokens_output: output, model_version: chunk.model },
    });
    yield chunk;
  }
}

/**
 * @param {number} input
 * @param {number} output
 */
function price(input, output) {
  return add(perMillion(PRICE.input, input), perMillion(PRICE.output, output), usd("0"));
}
