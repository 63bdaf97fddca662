import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { LARGEST_BODY_BYTES } from "../send.js";

/**
 * The text of a body. Nothing compressed is asked for; a gateway on the way may compress all the same.
 *
 * @throws what zlib throws, where the bytes are not what the header says or become too many.
 */
export function bodyText(chunks: readonly Buffer[], encoding: string | null): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  const text = (encoding === null ? bytes : decompressed(bytes, encoding)).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function decompressed(bytes: Buffer, encoding: string): Buffer {
  const options = { maxOutputLength: LARGEST_BODY_BYTES };
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return gunzipSync(bytes, options);
    case "deflate":
      return inflateSync(bytes, options);
    case "br":
      return brotliDecompressSync(bytes, options);
    default:
      return bytes;
  }
}
