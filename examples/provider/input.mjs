/** The keys under which the wire formats keep text. */
const KEYS = ["text", "content", "parts", "output", "arguments", "input"];

/**
 * Returns all text in a message, a list of messages, or a part of one.
 * @param {unknown} value
 * @returns {string[]}
 */
export function textsOf(value) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (KEYS.includes(key) ? textsOf(part) : []));
}

/**
 * Returns what the model reads: the messages, the instructions and the tools that it may call.
 * @param {unknown[]} messages
 * @param {unknown} instructions
 * @param {unknown} tools
 * @returns {{ input: string, last: string }} all text, and the text of the last message
 */
export function readInput(messages, instructions, tools) {
  const texts = [...textsOf(instructions), ...textsOf(messages)];
  const described = tools === undefined ? [] : [JSON.stringify(tools)];
  return { input: [...texts, ...described].join("\n"), last: textsOf(messages.at(-1)).join(" ") };
}
