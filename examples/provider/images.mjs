import { textsOf } from "./input.mjs";

/** Every image: a pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/** The tokens of an image. */
const TOKENS = 272;

/**
 * OpenAI images.
 * @type {import("./format.mjs").Format}
 */
export const images = {
  name: "images",
  matches: (path) => path.endsWith("/images/generations"),
  read: (_path, request) => ({
    model: request.model,
    input: textsOf(request.prompt).join("\n"),
    last: "",
    answers: request.n ?? 1,
  }),
  body({ question, bill, isCounted }) {
    const data = Array.from({ length: question.answers ?? 1 }, () => ({ b64_json: PNG }));
    bill.output += TOKENS * data.length;
    const usage = {
      input_tokens: bill.input,
      output_tokens: bill.output,
      total_tokens: bill.input + bill.output,
      input_tokens_details: { text_tokens: bill.input, image_tokens: 0 },
    };
    return { created: 1_767_225_600, data, ...(isCounted && { usage }) };
  },
  refusal: (status) => ({
    error: { message: `refused with ${status}`, type: "server_error", param: null, code: null },
  }),
};
