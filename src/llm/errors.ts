import { CyclesError } from "../index.js";

/**
 * A call to a model was not sent, because it could not be metered: its price is unknown, or its
 * cost is not in its response, as with batches. The message says what to do. With the option
 * `unpriced`, such calls are sent and cost a fixed amount.
 *
 * @example
 * ```ts
 * import { isCyclesError } from "cycles-client";
 * const isUnmetered = (error: unknown) => isCyclesError(error, "UNMETERED");
 * ```
 */
export class UnmeteredCallError extends CyclesError {
  override readonly name = "UnmeteredCallError";
  /** The URL of the request, without its query. Empty for a call of the AI SDK's middleware. */
  readonly url: string;

  /** @internal */
  constructor(message: string, url: string) {
    super(message, { code: "UNMETERED" });
    this.url = url;
  }
}
