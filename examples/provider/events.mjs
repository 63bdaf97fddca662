/**
 * Writes an event as text.
 * @param {import("./format.mjs").StreamEvent} event
 * @param {string} lineEnd
 */
export function eventText({ event, data }, lineEnd) {
  const lines = event === undefined ? [] : [`event: ${event}`];
  lines.push(`data: ${typeof data === "string" ? data : JSON.stringify(data)}`, "", "");
  return lines.join(lineEnd);
}

/** Lengths that share no factor with those of UTF-8 sequences. */
const ODD_LENGTHS = [1, 7, 3, 19, 11];

/**
 * Splits the bytes of events, so that a chunk has part of an event, or parts of two.
 * @param {string} text
 * @param {"odd" | "bytes" | undefined} chunks
 * @returns {Generator<Uint8Array>}
 */
export function* chunksOf(text, chunks) {
  const bytes = Buffer.from(text);
  let start = 0;
  for (let count = 0; start < bytes.length; count += 1) {
    const odd = ODD_LENGTHS[count % ODD_LENGTHS.length];
    const length = { odd, bytes: 1 }[chunks ?? ""] ?? bytes.length;
    yield bytes.subarray(start, start + length);
    start += length;
  }
}
