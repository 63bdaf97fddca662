import { textsOf } from "./input.mjs";

/** The vector of every text. */
const VECTOR = [0.25, 0.5, -0.75];

/**
 * OpenAI embeddings.
 * @type {import("./format.mjs").Format}
 */
export const embeddings = {
  name: "embeddings",
  matches: (path) => path.endsWith("/embeddings"),
  read: (_path, request) => ({
    model: request.model,
    input: textsOf(request.input).join("\n"),
    last: "",
  }),
  body({ request, question, bill, isCounted }) {
    const embedding =
      request.encoding_format === "base64"
        ? Buffer.from(Float32Array.from(VECTOR).buffer).toString("base64")
        : VECTOR;
    const data = textsOf(request.input).map((_, index) => ({
      object: "embedding",
      index,
      embedding,
    }));
    const usage = { prompt_tokens: bill.input, total_tokens: bill.input };
    return { object: "list", data, model: question.model, ...(isCounted && { usage }) };
  },
  refusal: (status) => ({
    error: { message: `refused with ${status}`, type: "server_error", param: null, code: null },
  }),
};
