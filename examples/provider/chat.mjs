import { billed } from "./bill.mjs";
import { readInput } from "./input.mjs";

const FINISH = { stop: "stop", length: "length", tools: "tool_calls" };

/**
 * OpenAI chat completions, which many providers speak.
 * @type {import("./format.mjs").Format}
 */
export const chat = {
  name: "chat",
  matches: (path) => path.endsWith("/chat/completions"),
  read: (_path, request) => ({
    ...readInput(request.messages, undefined, request.tools),
    model: request.model,
    maxOutput: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    answers: request.n ?? 1,
    stream: request.stream === true,
  }),
  body(reply) {
    const { question, answer, bill, isCounted } = reply;
    const choices = Array.from({ length: question.answers ?? 1 }, (_, index) => ({
      index,
      message: {
        role: "assistant",
        content: answer.tools.length > 0 ? null : [...billed(answer.pieces, bill)].join(""),
        refusal: null,
        ...(answer.tools.length > 0 && {
          tool_calls: answer.tools.map((tool) => whole(tool, bill)),
        }),
      },
      logprobs: null,
      finish_reason: FINISH[answer.finish],
    }));
    const usage = isCounted ? { usage: usageOf(bill) } : {};
    return { ...head(reply, "chat.completion"), choices, ...usage };
  },
  *events(reply) {
    const { path, number, request, question, answer, bill, isCounted } = reply;
    const asksForUsage = isCounted && request.stream_options?.include_usage === true;
    const chunk = (part) => ({
      data: {
        ...head(reply, "chat.completion.chunk"),
        ...part,
        ...(asksForUsage && part.usage === undefined && { usage: null }),
      },
    });
    for (let index = 0; index < (question.answers ?? 1); index += 1) {
      const choice = (delta, finish_reason) => ({
        choices: [{ index, delta, logprobs: null, finish_reason: finish_reason ?? null }],
      });
      yield chunk(choice({ role: "assistant", content: "", refusal: null }));
      for (const content of billed(answer.pieces, bill)) yield chunk(choice({ content }));
      for (const tool_calls of toolDeltas(answer, bill)) yield chunk(choice({ tool_calls }));
      const isGroq = path.startsWith("/openai/") && isCounted;
      const x_groq = isGroq ? { x_groq: { id: `req_${number}`, usage: usageOf(bill) } } : {};
      yield chunk({ ...choice({}, FINISH[answer.finish]), ...x_groq });
    }
    if (asksForUsage) yield chunk({ choices: [], usage: usageOf(bill) });
    yield { data: "[DONE]" };
  },
  refusal: (status) => ({
    error: { message: `refused with ${status}`, type: "server_error", param: null, code: null },
  }),
};

/** @param {import("./bill.mjs").Bill} bill */
function usageOf({ input, cached, output, reasoning }) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  };
}

/**
 * @param {import("./format.mjs").Reply} reply
 * @param {string} object
 */
function head({ number, question }, object) {
  const id = `chatcmpl-${number}`;
  return { id, object, created: 1_767_225_600, model: question.model, service_tier: "default" };
}

/**
 * @param {import("./model.mjs").ToolCall} tool
 * @param {import("./bill.mjs").Bill} bill
 */
function whole({ id, name, pieces }, bill) {
  return {
    id,
    type: "function",
    function: { name, arguments: [...billed(pieces, bill)].join("") },
  };
}

/**
 * @param {import("./model.mjs").Answer} answer
 * @param {import("./bill.mjs").Bill} bill
 */
function* toolDeltas({ tools }, bill) {
  for (const [index, { id, name, pieces }] of tools.entries()) {
    yield [{ index, id, type: "function", function: { name, arguments: "" } }];
    for (const piece of billed(pieces, bill)) yield [{ index, function: { arguments: piece } }];
  }
}
