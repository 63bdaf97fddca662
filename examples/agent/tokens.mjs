// The encoding of the models in the table; this entry loads no other.
import { countTokens as count } from "gpt-tokenizer/encoding/o200k_base";

/** A text may well talk about `<|endoftext|>`; there it is text like any other. */
const asText = { disallowedSpecial: new Set() };

/** @param {string} text */
export function countTokens(text) {
  return count(text, asText);
}
