import type { JsonObject, Report } from "./dialects/dialect.js";
import type { CallSpend } from "./spend.js";

/** Reads an answer while it passes through: the bytes of a body, or the parts that an SDK made of it. */
export interface Answer<Chunk = Uint8Array> {
  /** Reads the next chunk. Returns what the caller gets. */
  read(chunk: Chunk): Chunk | undefined;
  /** The answer has ended. Returns what was held back, and what the caller gets. */
  end(): Chunk | undefined;
  /** The cost, as far as it is known; undefined if nothing has to be charged. */
  spend(): CallSpend | undefined;
}

/** How an answer of one format is priced. */
export interface Pricing {
  /** The report of a response that is not a stream. */
  readonly report: (body: JsonObject) => Report | undefined;
  /** The text of a response that is not a stream. */
  readonly text: (body: JsonObject) => string;
  readonly billed: (report: Report) => CallSpend;
  readonly partial: (report: Report | undefined, text: string) => CallSpend;
  readonly estimated: () => CallSpend;
}
