import { billed } from "./bill.mjs";
import { readInput } from "./input.mjs";

/**
 * OpenAI responses.
 * @type {import("./format.mjs").Format}
 */
export const responses = {
  name: "responses",
  matches: (path) => path.endsWith("/responses"),
  read: (_path, request) => ({
    ...readInput([request.input].flat(), request.instructions, request.tools),
    model: request.model,
    maxOutput: request.max_output_tokens ?? undefined,
    stream: request.stream === true,
  }),
  body(reply) {
    const { answer, bill } = reply;
    const output = itemsOf(reply).map(({ item, pieces, filled }) => ({
      ...item,
      ...filled([...billed(pieces, bill)].join("")),
      status: "completed",
    }));
    return response(reply, output, ending(answer));
  },
  *events(reply) {
    const { answer, bill } = reply;
    let sequence_number = 0;
    const event = (type, part) => ({
      event: type,
      data: { type, sequence_number: sequence_number++, ...part },
    });
    const started = response(reply, [], { status: "in_progress", usage: null });
    yield event("response.created", { response: started });
    yield event("response.in_progress", { response: started });
    const output = [];
    for (const [output_index, { item, pieces, ...as }] of itemsOf(reply).entries()) {
      const at = { item_id: item.id, output_index, ...as.place };
      yield event("response.output_item.added", {
        output_index,
        item: { ...item, ...as.empty, status: "in_progress" },
      });
      if (as.part) yield event("response.content_part.added", { ...at, part: as.part("") });
      for (const delta of billed(pieces, bill)) {
        yield event(`${as.type}.delta`, { ...at, delta, ...as.logprobs });
      }
      const text = pieces.join("");
      yield event(`${as.type}.done`, { ...at, [as.key]: text, ...as.logprobs });
      if (as.part) yield event("response.content_part.done", { ...at, part: as.part(text) });
      const done = { ...item, ...as.filled(text), status: "completed" };
      yield event("response.output_item.done", { output_index, item: done });
      output.push(done);
    }
    const end = ending(answer);
    yield event(`response.${end.status}`, { response: response(reply, output, end) });
  },
  refusal: (status) => ({
    error: { message: `refused with ${status}`, type: "server_error", param: null, code: null },
  }),
};

/** @param {import("./model.mjs").Answer} answer */
function ending({ finish }) {
  if (finish !== "length") return { status: "completed" };
  return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
}

/**
 * @param {import("./format.mjs").Reply} reply
 * @param {object[]} output
 * @param {object} state
 */
function response({ number, request, question, bill, isCounted }, output, state) {
  const { input, cached, cacheWritten, output: written, reasoning } = bill;
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
    output_tokens: written,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + written,
  };
  return {
    id: `resp_${number}`,
    object: "response",
    created_at: 1_767_225_600,
    model: question.model,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: request.tools ?? [],
    top_p: 1,
    truncation: "disabled",
    output,
    usage: isCounted ? usage : null,
    ...state,
  };
}

/**
 * The items of the output: a message, or calls of functions.
 * @param {import("./format.mjs").Reply} reply
 */
function itemsOf({ number, answer: { pieces, tools } }) {
  return tools.length > 0 ? tools.map(functionCall) : [message(pieces, `msg_${number}`)];
}

/**
 * @param {string[]} pieces
 * @param {string} id
 */
function message(pieces, id) {
  const part = (text) => ({ type: "output_text", text, annotations: [], logprobs: [] });
  return {
    item: { id, type: "message", role: "assistant" },
    pieces,
    type: "response.output_text",
    key: "text",
    place: { content_index: 0 },
    logprobs: { logprobs: [] },
    empty: { content: [] },
    part,
    filled: (text) => ({ content: [part(text)] }),
  };
}

/** @param {import("./model.mjs").ToolCall} tool */
function functionCall({ id, name, pieces }) {
  return {
    item: { id: `fc_${id}`, type: "function_call", call_id: id, name },
    pieces,
    type: "response.function_call_arguments",
    key: "arguments",
    place: {},
    logprobs: {},
    empty: { arguments: "" },
    part: undefined,
    filled: (json) => ({ arguments: json }),
  };
}
