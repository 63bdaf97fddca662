// Runs the generator in a thread with limits on time and memory, because a foreign contract is untrusted input.
import { Worker } from "node:worker_threads";

const BOUNDS = { seconds: 120, megabytes: 1024 };

/**
 * @param {string} source the path of the contract
 * @returns {Promise<{ files: Record<string, string>, warnings: string[] }>} the text of each generated file
 * @throws {Error} if the contract is refused, or needs more time or memory than the bounds allow
 */
export async function filesWithinBounds(source, bounds = BOUNDS) {
  const worker = new Worker(new URL("thread.mjs", import.meta.url), {
    workerData: { source },
    resourceLimits: { maxOldGenerationSizeMb: bounds.megabytes },
  });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const { error, ...made } = await new Promise((resolve, reject) => {
      timer = setTimeout(
        () => reject(tooMuch(source, `${bounds.seconds} seconds`)),
        bounds.seconds * 1000,
      );
      worker.once("message", resolve);
      worker.once("error", (fault) =>
        reject(
          "code" in fault && fault.code === "ERR_WORKER_OUT_OF_MEMORY"
            ? tooMuch(source, `${bounds.megabytes} MB of memory`)
            : fault,
        ),
      );
    });
    if (error !== undefined) throw new Error(error);
    return made;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function tooMuch(source, bound) {
  return new Error(`${source}: generating needs more than ${bound}, so the document is refused`);
}
