import type { Hold } from "../index.js";
import { Admission, type GatedCall } from "./admission.js";
import { refusedAround } from "./caps.js";
import { claim } from "./repeats.js";

/**
 * Runs a tool that yields preliminary results, if the budget allows it. The last one is its result.
 *
 * The budget and the context are those of this call, whoever reads the results.
 */
export function streamGated<Item, Denied>(
  call: GatedCall<Item | undefined, Denied>,
  work: () => AsyncIterable<Item>,
): AsyncIterable<Item | Denied> {
  const { budget, tool, request, options } = call;
  const refused = refusedAround(budget, tool, options);
  if (refused !== undefined) return once(() => call.denied(refused));
  if (request.estimate.amount === 0) return work();

  const admission = new Admission(call);
  const source = new Source(admission, work);
  const stream = budget.stream(
    request,
    (hold) => {
      admission.start(hold);
      return source.items(hold);
    },
    { ...options, onDenied: admission.deny },
  );
  return settled(call, admission, source, stream);
}

/** The results of the tool, and whether all have come. */
class Source<Item> {
  readonly #admission: Admission<Item | undefined>;
  readonly #work: () => AsyncIterable<Item>;
  #isDone = false;

  constructor(admission: Admission<Item | undefined>, work: () => AsyncIterable<Item>) {
    this.#admission = admission;
    this.#work = work;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  async *items(hold: Hold): AsyncGenerator<Item, void, undefined> {
    let last: Item | undefined;
    for await (const item of this.#work()) {
      last = item;
      yield item;
    }
    this.#admission.finish(hold, last);
    this.#isDone = true;
  }
}

async function* settled<Item, Denied>(
  call: GatedCall<Item | undefined, Denied>,
  admission: Admission<Item | undefined>,
  source: Source<Item>,
  stream: AsyncIterable<Item>,
): AsyncGenerator<Item | Denied, void, undefined> {
  const { budget, tool, options } = call;
  const { idempotencyKey } = options;
  const claimed = idempotencyKey === undefined ? undefined : claim(budget, tool, idempotencyKey);
  try {
    yield* stream;
  } catch (error) {
    const denial = admission.denialIn(error);
    if (denial !== undefined) yield await call.denied(denial);
    // The caller has all results. A notice reports a cost that could not be recorded.
    else if (!source.isDone) throw admission.shown(error);
  } finally {
    claimed?.end(admission.hasStarted);
  }
}

async function* once<Item>(
  item: () => Item | PromiseLike<Item>,
): AsyncGenerator<Item, void, undefined> {
  yield await item();
}
