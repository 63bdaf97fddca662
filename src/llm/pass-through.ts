/** Sees the bytes of a body on their way to the caller. */
export interface Passage {
  /** Returns the bytes to hand on. */
  bytes(bytes: Uint8Array): Uint8Array | undefined;
  /** The body has ended. Returns the last bytes to hand on. */
  end(): Uint8Array | undefined;
  /** The caller reads no further. */
  cancelled(): void;
  /** The body broke off. */
  failed(): void;
  /** Resolves when what the body costs is recorded, or is queued. Never rejects. */
  readonly settled: () => Promise<void>;
}

/**
 * Hands on a body as the caller reads it. It does not read ahead, so the provider is slowed down as
 * it would be without it.
 *
 * The end of the body and its cancellation wait for the settlement, so that a caller who then reads
 * the balance finds the cost in it.
 */
export function passThrough(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  passage: Passage,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
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

async function pull(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  passage: Passage,
  controller: ReadableStreamDefaultController<Uint8Array>,
): Promise<void> {
  for (;;) {
    let result: ReadableStreamReadResult<Uint8Array>;
    try {
      result = await reader.read();
    } catch (error) {
      passage.failed();
      throw error;
    }
    const passed = result.done ? passage.end() : passage.bytes(result.value);
    if (passed !== undefined) controller.enqueue(passed);
    if (result.done) {
      await passage.settled();
      controller.close();
      return;
    }
    if (passed !== undefined) return;
  }
}
