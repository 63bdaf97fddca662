// The encoding of the models in models.mjs. This entry point loads only this encoding.
import { countTokens as count } from "gpt-tokenizer/encoding/o200k_base";

/** Text that mentions `<|endoftext|>` is counted as ordinary text. */
const asText = { disallowedSpecial: new Set() };

/** @param {string} text */
export function countTokens(text) {
  return count(text, asText);
}
