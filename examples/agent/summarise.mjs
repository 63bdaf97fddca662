// Stands where a model would: the sentences that say most, found without chance and without a network.
import { countTokens } from "gpt-tokenizer";

/** What a summary may take at most, in tokens. */
export const MAX_OUTPUT_TOKENS = 120;

/** @param {string} text */
export function tokensOf(text) {
  // Text that looks like a control token is text here.
  return countTokens(text, { allowedSpecial: "all" });
}

/**
 * @param {string} text
 * @returns {{ summary: string, usage: { input: number, output: number } }}
 */
export function summarise(text) {
  const sentences = text
    .replace(/```[\s\S]*?(```|$)/g, " ")
    .split(/(?<=[.!?:])\s+|\n{2,}|\n(?=[-|*])/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim())
    .filter((sentence) => sentence !== "");
  const frequency = frequencies(sentences.join(" "));
  const ranked = sentences
    .map((sentence, at) => ({ sentence, at, weight: weigh(sentence, frequency) }))
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
  /** @type {typeof ranked} */
  const chosen = [];
  let output = 0;
  for (const candidate of ranked) {
    const tokens = tokensOf(`${candidate.sentence} `);
    if (output + tokens > MAX_OUTPUT_TOKENS) continue;
    output += tokens;
    chosen.push(candidate);
    if (chosen.length === 3) break;
  }
  const summary = chosen
    .sort((a, b) => a.at - b.at)
    .map(({ sentence }) => sentence)
    .join(" ");
  return { summary, usage: { input: tokensOf(text), output: tokensOf(summary) } };
}

/** @param {string} text */
function frequencies(text) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * @param {string} sentence
 * @param {Map<string, number>} frequency
 */
function weigh(sentence, frequency) {
  const words = wordsOf(sentence);
  const sum = words.reduce((total, word) => total + (frequency.get(word) ?? 0), 0);
  return words.length === 0 ? 0 : sum / Math.sqrt(words.length);
}

/** @param {string} text */
function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
}
