import type { Hold } from "../index.js";
import { ToolRun, type GatedCall } from "./tool-run.js";
import { refusedAround } from "./caps.js";
import { claim } from "./repeats.js";

/**
 * Runs a tool that yields preliminary results, if the budget allows it. The last one is its result.
 *
 * The tool runs in the context of this call, even if the results are read in another one.
 */
export function streamGated<Item, Denied>(
  call: GatedCall<Item | undefined, Denied>,
  work: () => AsyncIterable<Item>,
): AsyncIterable<Item | Denied> {
  const { budget, tool, request, options } = call;
  const refused = refusedAround(budget, tool, options);
  if (refused !== undefined) return once(() => call.denied(refused));
  if (request.estimate.amount === 0) return work();

  const run = new ToolRun(call);
  const source = new Source(run, work);
  const stream = budget.stream(
    request,
    (hold) => {
      run.start(hold);
      return source.items(hold);
    },
    { ...options, onDenied: run.deny },
  );
  return settled(call, run, source, stream);
}

/** The results of the tool, and whether all have come. */
class Source<Item> {
  readonly #run: ToolRun<Item | undefined>;
  readonly #work: () => AsyncIterable<Item>;
  #isDone = false;

  constructor(run: ToolRun<Item | undefined>, work: () => AsyncIterable<Item>) {
    this.#run = run;
    this.#work = work;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  async *items(hold: Hold): AsyncGenerator<Item, void, undefined> {
    let last: Item | undefined;
    let ending: "left" | "broken" | "complete" = "left";
    try {
      for await (const item of this.#work()) {
        last = item;
        yield item;
      }
      ending = "complete";
    } catch (error) {
      ending = "broken";
      await this.#run.breakOff(hold);
      throw error;
    } finally {
      // After a `break` of the reader, only this block runs.
      if (ending === "left") this.#run.leave(hold);
    }
    this.#run.finish(hold, last);
    this.#isDone = true;
  }
}

async function* settled<Item, Denied>(
  call: GatedCall<Item | undefined, Denied>,
  run: ToolRun<Item | undefined>,
  source: Source<Item>,
  stream: AsyncIterable<Item>,
): AsyncGenerator<Item | Denied, void, undefined> {
  const { budget, tool, options } = call;
  const { idempotencyKey } = options;
  const claimed = idempotencyKey === undefined ? undefined : claim(budget, tool, idempotencyKey);
  try {
    yield* stream;
  } catch (error) {
    const denial = run.denialIn(error);
    if (denial !== undefined) yield await call.denied(denial);
    // The caller has all results. A notice reports a cost that could not be recorded.
    else if (!source.isDone) throw run.shown(error);
  } finally {
    claimed?.end(run.hasStarted);
  }
}

async function* once<Item>(
  item: () => Item | PromiseLike<Item>,
): AsyncGenerator<Item, void, undefined> {
  yield await item();
}
