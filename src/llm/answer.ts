import type { JsonObject, Report } from "./dialects/dialect.js";
import type { CallSpend } from "./spend.js";

/** Reads the body of a response while it passes through. */
export interface Answer {
  /** Reads the next bytes. Returns those that the caller gets. */
  read(bytes: Uint8Array): Uint8Array | undefined;
  /** The body has ended. Returns the bytes that were held back, and that the caller gets. */
  end(): Uint8Array | undefined;
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
