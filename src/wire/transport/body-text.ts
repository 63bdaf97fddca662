import * as zlib from "node:zlib";
import { CyclesResponseError } from "../../errors.js";
import { LARGEST_BODY_BYTES, tooLarge } from "../send.js";

/**
 * The text of a body. The client does not ask for compression, but a gateway can compress anyway.
 *
 * @throws {@link CyclesResponseError} if the bytes do not match the header, or the text is too
 * long.
 */
export function bodyText(
  status: number,
  chunks: readonly Buffer[],
  encoding: string | null,
): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  if (bytes.length === 0) return "";
  const text = (encoding === null ? bytes : decoded(status, bytes, encoding)).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function decoded(status: number, bytes: Buffer, encoding: string): Buffer {
  const coding = encoding.trim().toLowerCase();
  try {
    return decompressed(bytes, coding);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(status, "");
    throw new CyclesResponseError(
      `The response body is not ${coding}, although its content-encoding says so (${code})`,
      { status },
    );
  }
}

/**
 * These options return the part of a truncated body that arrived, as `fetch` does. The client then
 * judges it by its status.
 */
const zlibOptions: zlib.ZlibOptions = {
  maxOutputLength: LARGEST_BODY_BYTES,
  finishFlush: zlib.constants.Z_SYNC_FLUSH,
};
const brotliOptions: zlib.BrotliOptions = {
  maxOutputLength: LARGEST_BODY_BYTES,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};

function decompressed(bytes: Buffer, coding: string): Buffer {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.gunzipSync(bytes, zlibOptions);
    case "deflate":
      // Some servers send the raw stream. Others send zlib's format, whose first byte ends in 8.
      return ((bytes[0] ?? 0) & 15) === 8
        ? zlib.inflateSync(bytes, zlibOptions)
        : zlib.inflateRawSync(bytes, zlibOptions);
    case "br":
      return zlib.brotliDecompressSync(bytes, brotliOptions);
    default:
      return bytes;
  }
}
