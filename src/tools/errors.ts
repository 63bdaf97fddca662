import { CyclesError } from "../index.js";

/**
 * A tool call was executed before, or is running. It does not run again, and is not charged again.
 *
 * A call is the same if the tool and the id of the tool call are the same. If your model numbers the
 * calls of each conversation, such as `search:0`, set the option `idempotencyKey`.
 *
 * @example
 * ```ts
 * import { isCyclesError } from "cycles-client";
 * const isRepeated = (error: unknown) => isCyclesError(error, "TOOL_CALL_REPEATED");
 * ```
 */
export class RepeatedToolCallError extends CyclesError {
  override readonly name = "RepeatedToolCallError";
  /** The name of the tool. */
  readonly tool: string;
  /** The idempotency key of the call. */
  declare readonly idempotencyKey: string;

  /** @internal */
  constructor(tool: string, idempotencyKey: string, cause?: CyclesError) {
    super(
      `This call of the tool "${tool}" was executed before, or is running: it did not run again, and is not charged again. ` +
        "If it is another call, give it its own key with the option `idempotencyKey`.",
      { code: "TOOL_CALL_REPEATED", idempotencyKey, operation: cause?.operation, cause },
    );
    this.tool = tool;
  }
}
