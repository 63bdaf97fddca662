import { billed } from "./bill.mjs";
import { readInput } from "./input.mjs";

const FINISH = { stop: "end_turn", length: "max_tokens", tools: "tool_use" };

/**
 * Anthropic messages.
 * @type {import("./format.mjs").Format}
 */
export const messages = {
  name: "messages",
  matches: (path) => path.endsWith("/v1/messages"),
  read: (_path, request) => ({
    ...readInput(request.messages, request.system, request.tools),
    model: request.model,
    maxOutput: request.max_tokens,
    stream: request.stream === true,
  }),
  body(reply) {
    const { answer, bill, isCounted } = reply;
    const text = [...billed(answer.pieces, bill)].join("");
    const content = [
      ...(text === "" ? [] : [{ type: "text", text, citations: null }]),
      ...answer.tools.map(({ id, name, pieces }) => {
        const input = JSON.parse([...billed(pieces, bill)].join(""));
        return { type: "tool_use", id, name, input };
      }),
    ];
    const usage = isCounted ? { usage: { ...usageOf(bill), output_tokens: bill.output } } : {};
    return { ...head(reply), content, stop_reason: FINISH[answer.finish], ...usage };
  },
  *events(reply) {
    const { answer, bill, isCounted } = reply;
    const usage = isCounted ? { usage: { ...usageOf(bill), output_tokens: 1 } } : {};
    yield named("message_start", { message: { ...head(reply), content: [], ...usage } });
    yield named("ping");
    yield* blocks(answer, bill);
    yield named("message_delta", {
      delta: { stop_reason: FINISH[answer.finish], stop_sequence: null },
      ...(isCounted && { usage: { output_tokens: bill.output } }),
    });
    yield named("message_stop");
  },
  refusal: (status) => ({
    type: "error",
    error: {
      type: status === 429 ? "rate_limit_error" : "api_error",
      message: `refused with ${status}`,
    },
    request_id: "req_1",
  }),
};

/** @param {import("./format.mjs").Reply} reply */
function head({ number, question }) {
  const { model } = question;
  const start = { stop_reason: null, stop_sequence: null };
  return { id: `msg_${number}`, type: "message", role: "assistant", model, ...start };
}

/**
 * The input of a bill. Tokens that were read from or written to the cache are counted apart.
 * @param {import("./bill.mjs").Bill} bill
 */
function usageOf({ input, cached, cacheWritten }) {
  return {
    input_tokens: input - cached - cacheWritten,
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: cacheWritten, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
  };
}

/**
 * @param {string} type
 * @param {object} [part]
 */
function named(type, part) {
  return { event: type, data: { type, ...part } };
}

/**
 * @param {import("./model.mjs").Answer} answer
 * @param {import("./bill.mjs").Bill} bill
 */
function* blocks({ pieces, tools }, bill) {
  const text = { type: "text", text: "", citations: null };
  const asText = (piece) => ({ type: "text_delta", text: piece });
  const asJson = (piece) => ({ type: "input_json_delta", partial_json: piece });
  const all = [
    ...(pieces.length > 0 ? [{ start: text, pieces, delta: asText }] : []),
    ...tools.map(({ id, name, pieces: json }) => {
      return { start: { type: "tool_use", id, name, input: {} }, pieces: json, delta: asJson };
    }),
  ];
  for (const [index, block] of all.entries()) {
    yield named("content_block_start", { index, content_block: block.start });
    for (const piece of billed(block.pieces, bill)) {
      yield named("content_block_delta", { index, delta: block.delta(piece) });
    }
    yield named("content_block_stop", { index });
  }
}
