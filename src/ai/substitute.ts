// What the caller gets in place of the answer of a model, if the call was denied.

const NO_USAGE = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};
const FINISH_REASON = { unified: "stop", raw: undefined } as const;

/** A result that is one text and has cost nothing. */
export interface TextResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly finishReason: typeof FINISH_REASON;
  readonly usage: typeof NO_USAGE;
  readonly warnings: [];
}

export function textResult(text: string): TextResult {
  const content: TextResult["content"] = [{ type: "text", text }];
  return { content, finishReason: FINISH_REASON, usage: NO_USAGE, warnings: [] };
}

/** A part of a stream that is one text and has cost nothing. */
export type TextPart =
  | { readonly type: "stream-start"; readonly warnings: [] }
  | { readonly type: "text-start" | "text-end"; readonly id: string }
  | { readonly type: "text-delta"; readonly id: string; readonly delta: string }
  | {
      readonly type: "finish";
      readonly finishReason: typeof FINISH_REASON;
      readonly usage: typeof NO_USAGE;
    };

export function textStream(text: string): ReadableStream<TextPart> {
  const id = "text";
  const parts: readonly TextPart[] = [
    { type: "stream-start", warnings: [] },
    { type: "text-start", id },
    { type: "text-delta", id, delta: text },
    { type: "text-end", id },
    { type: "finish", finishReason: FINISH_REASON, usage: NO_USAGE },
  ];
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}
