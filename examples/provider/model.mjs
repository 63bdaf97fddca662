/**
 * What a request asks of the model.
 * @typedef {object} Question
 * @property {string} model
 * @property {string} input all text that the model reads
 * @property {string} last the text of the last message
 * @property {number} [maxOutput] the limit of output tokens
 * @property {number} [answers] the number of answers, 1 if it is not set
 * @property {boolean} [stream] whether the response is a stream of events
 */

/**
 * What the model writes.
 * @typedef {object} Answer
 * @property {string[]} pieces the text, word by word. Each is one token
 * @property {ToolCall[]} tools
 * @property {"stop" | "length" | "tools"} finish why the model stops
 */

/** @typedef {{ id: string, name: string, pieces: string[] }} ToolCall the arguments in pieces of JSON */

/**
 * The model. It repeats the last message, word by word, unless the plan says otherwise.
 * @param {Question} question
 * @param {import("./plan.mjs").Plan} plan
 * @param {number} number the number of the call, for the ids of its tools
 * @returns {Answer}
 */
export function answer(question, plan, number) {
  const { last, maxOutput = Infinity } = question;
  const { say = `You said: ${last}`, tools } = plan;
  if (tools !== undefined) {
    const calls = tools.map((tool, index) => toolCall(tool, `call_${number}_${index + 1}`));
    return { pieces: [], tools: calls, finish: "tools" };
  }
  const words = say.split(" ").map((word) => `${word} `);
  const pieces = words.slice(0, maxOutput);
  return { pieces, tools: [], finish: pieces.length < words.length ? "length" : "stop" };
}

/**
 * @param {{ name: string, arguments: object }} tool
 * @param {string} id
 * @returns {ToolCall}
 */
function toolCall(tool, id) {
  const json = JSON.stringify(tool.arguments);
  const middle = Math.ceil(json.length / 2);
  const pieces = [json.slice(0, middle), json.slice(middle)];
  return { id, name: tool.name, pieces };
}
