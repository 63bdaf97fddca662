/** Sees the chunks of a stream on their way to the caller. */
export interface Passage<Chunk> {
  /** Returns the chunk to hand on. */
  chunk(chunk: Chunk): Chunk | undefined;
  /** The stream has ended. Returns the last chunk to hand on. */
  end(): Chunk | undefined;
  /** The caller reads no further. */
  cancelled(): void;
  /** The stream broke off. */
  failed(): void;
  /** Resolves when what the answer costs is recorded, or is queued. Never rejects. */
  readonly settled: () => Promise<void>;
}

/**
 * Hands on a stream as the caller reads it. It does not read ahead, so the provider is slowed down as
 * it would be without it.
 *
 * The end of the stream and its cancellation wait for the settlement, so that a caller who then reads
 * the balance finds the cost in it.
 */
export function passThrough<Chunk>(
  reader: ReadableStreamDefaultReader<Chunk>,
  passage: Passage<Chunk>,
): ReadableStream<Chunk> {
  return new ReadableStream<Chunk>(
    {
      pull: (controller) => pull(reader, passage, controller),
      async cancel(reason) {
        passage.cancelled();
        await Promise.all([reader.cancel(reason), passage.settled()]);
      },
    },
    { highWaterMark: 0 },
  );
}

async function pull<Chunk>(
  reader: ReadableStreamDefaultReader<Chunk>,
  passage: Passage<Chunk>,
  controller: ReadableStreamDefaultController<Chunk>,
): Promise<void> {
  for (;;) {
    let result: ReadableStreamReadResult<Chunk>;
    let passed: Chunk | undefined;
    try {
      result = await reader.read();
      passed = result.done ? passage.end() : passage.chunk(result.value);
    } catch (error) {
      passage.failed();
      // The stream goes on if only a chunk could not be read.
      reader.cancel(error).catch(() => undefined);
      throw error;
    }
    if (passed !== undefined) controller.enqueue(passed);
    if (result.done) {
      await passage.settled();
      controller.close();
      return;
    }
    if (passed !== undefined) return;
  }
}
