import { billed } from "./bill.mjs";
import { readInput } from "./input.mjs";

const PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;
const FINISH = { stop: "STOP", length: "MAX_TOKENS", tools: "STOP" };

/**
 * Gemini generateContent and streamGenerateContent. The path has the model.
 * @type {import("./format.mjs").Format}
 */
export const generateContent = {
  name: "generate-content",
  matches: (path) => PATH.test(path),
  read(path, request) {
    const [, model = "", verb] = PATH.exec(path) ?? [];
    return {
      ...readInput(request.contents, request.systemInstruction, request.tools),
      model: decodeURIComponent(model),
      maxOutput: request.generationConfig?.maxOutputTokens,
      stream: verb === "streamGenerateContent",
    };
  },
  body(reply) {
    const { answer, bill } = reply;
    const text = [...billed(answer.pieces, bill)].join("");
    const parts = [...(text === "" ? [] : [{ text }]), ...toolParts(answer, bill)];
    return chunk(reply, parts, FINISH[answer.finish]);
  },
  *events(reply) {
    const { answer, bill } = reply;
    for (const text of billed(answer.pieces, bill)) yield { data: chunk(reply, [{ text }]) };
    for (const part of toolParts(answer, bill)) yield { data: chunk(reply, [part]) };
    yield { data: chunk(reply, [{ text: "" }], FINISH[answer.finish]) };
  },
  refusal: (status) => ({
    error: {
      code: status,
      message: `refused with ${status}`,
      status: status === 429 ? "RESOURCE_EXHAUSTED" : "UNAVAILABLE",
    },
  }),
};

/**
 * Part of a response. Usage is cumulative, and thoughts are counted beside the candidates.
 * @param {import("./format.mjs").Reply} reply
 * @param {object[]} parts
 * @param {string} [finishReason]
 */
function chunk({ number, question, bill, isCounted }, parts, finishReason) {
  const { input, cached, output, reasoning } = bill;
  const usageMetadata = {
    promptTokenCount: input,
    candidatesTokenCount: output - reasoning,
    totalTokenCount: input + output,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
  };
  return {
    candidates: [
      { content: { parts, role: "model" }, index: 0, ...(finishReason && { finishReason }) },
    ],
    ...(isCounted && { usageMetadata }),
    modelVersion: question.model,
    responseId: `response-${number}`,
  };
}

/**
 * @param {import("./model.mjs").Answer} answer
 * @param {import("./bill.mjs").Bill} bill
 */
function* toolParts({ tools }, bill) {
  for (const { name, pieces } of tools) {
    yield { functionCall: { name, args: JSON.parse([...billed(pieces, bill)].join("")) } };
  }
}
