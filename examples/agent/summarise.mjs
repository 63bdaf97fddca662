import { countTokens } from "./tokens.mjs";

const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Picks the sentences with the most frequent words of the text, in their original order, up to
 * `maxTokens`.
 * @param {string} text
 * @param {number} maxTokens
 */
export function summarise(text, maxTokens) {
  const candidates = sentencesOf(prose(text) || text);
  const weigh = weights(candidates);
  const ranked = candidates
    .map((sentence, place) => ({ sentence, place, weight: weigh(sentence) }))
    .sort((a, b) => b.weight - a.weight || a.place - b.place);

  /** @type {typeof ranked} */
  let chosen = [];
  for (const candidate of ranked.slice(0, 8)) {
    const more = [...chosen, candidate].sort((a, b) => a.place - b.place);
    if (countTokens(join(more)) <= maxTokens) chosen = more;
  }
  return chosen.length > 0 ? join(chosen) : cut(ranked[0]?.sentence ?? "", maxTokens);
}

/**
 * Removes code, headings, tables and Markdown marks from a text.
 * @param {string} text
 */
function prose(text) {
  return text
    .replace(/^ {0,3}(`{3,}|~{3,})[^]*?(?:^ {0,3}\1.*$|$(?![^]))/gm, "")
    .replace(/^ {0,3}#{1,6}(?:\s.*)?$/gm, "")
    .replace(/^\s*\|.*$/gm, "")
    .replace(/^\s*(?:[-*+>]|\d+\.)\s+/gm, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`]/g, "")
    .trim();
}

/** @param {string} text */
function sentencesOf(text) {
  return [...sentences.segment(text.replace(/\s+/g, " "))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => sentence !== "");
}

/**
 * Returns a function that weighs a sentence by how often its words occur in the text. Words of up
 * to three letters do not count.
 * @param {string[]} all
 * @returns {(sentence: string) => number}
 */
function weights(all) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const word of all.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (sentence) => {
    const words = wordsOf(sentence);
    const sum = words.reduce((total, word) => total + (counts.get(word) ?? 0), 0);
    return sum / (words.length + 3);
  };
}

/** @param {string} sentence */
function wordsOf(sentence) {
  return sentence.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
}

/** @param {{ sentence: string }[]} chosen */
function join(chosen) {
  return chosen.map(({ sentence }) => sentence).join(" ");
}

/**
 * @param {string} sentence
 * @param {number} maxTokens
 */
function cut(sentence, maxTokens) {
  let characters = [...sentence];
  while (countTokens(characters.join("")) > maxTokens) {
    characters = characters.slice(0, Math.floor(characters.length * 0.9));
  }
  return characters.join("");
}
