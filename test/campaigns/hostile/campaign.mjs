import { inspect } from "node:util";
import { Random } from "../support/random.mjs";
import { seedTheRuntime } from "../support/seeded.mjs";
import { Time } from "../chaos/time.mjs";
import { Responses } from "./responses.mjs";
import { facade, guarded, raw, recovered } from "./cases.mjs";
import { Figures } from "./figures.mjs";
import { Secrets } from "./secrets.mjs";
import { overSockets } from "./sockets.mjs";
import { Watch } from "./watch.mjs";

/** The number of cases that run at the same time, on one clock. */
const CASES = 24;

/** What uses the client in a case. One that is listed more often is drawn more often. */
const WAYS = [facade, facade, facade, guarded, guarded, guarded, recovered, recovered, raw];

/**
 * Runs batches of cases until the client has received the requested number of hostile responses. Each batch has its
 * own seed, so that one batch can run again.
 *
 * @param {{ seed: number, responses: number, sockets: number, batch?: number | undefined }} settings
 */
export async function campaign({ seed, responses, sockets, batch: only }) {
  const watch = new Watch();
  const figures = new Figures();
  const stopListening = listen(watch);
  const begun = performance.now();
  const { user, system } = process.cpuUsage();
  try {
    const overFetch = only === undefined ? responses - sockets : 1;
    for (let batch = only ?? 1; figures.responses < overFetch; batch += 1)
      await runBatch(seed, batch, watch, figures);
    if (only === undefined) await runSockets(seed, responses - figures.responses, watch, figures);
  } finally {
    stopListening();
  }
  const used = process.cpuUsage();
  const cpuMs = (used.user + used.system - user - system) / 1_000;
  return {
    seed,
    responses: figures.responses,
    cases: figures.cases.entries(),
    operations: figures.operations.entries(),
    statuses: figures.statuses.entries(),
    errors: watch.errors.entries(),
    notices: watch.notices.entries(),
    time: {
      seconds: (performance.now() - begun) / 1_000,
      cpuMsEach: cpuMs / Math.max(1, figures.responses),
      slow: figures.slow,
      longestMs: figures.longest,
    },
    problems: watch.problems,
  };
}

async function runBatch(seed, batch, watch, figures) {
  const batchSeed = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(batch, 0x85ebca6b);
  const restore = seedTheRuntime(batchSeed);
  const time = new Time();
  try {
    const cases = Array.from({ length: CASES }, (_, index) => {
      const random = new Random(batchSeed + index);
      const secrets = new Secrets(random);
      const responses = new Responses(random, secrets);
      const way = random.pick(WAYS);
      figures.cases.add(way.name);
      return way({
        batch,
        random,
        secrets,
        responses,
        time,
        watch,
        figures,
        now: () => time.now(),
      });
    });
    await time.until(Promise.all(cases));
  } catch (error) {
    watch.problem(`batch ${batch} did not end`, inspect(error));
  } finally {
    restore();
  }
}

/** Runs the last batch over sockets, in real time. */
async function runSockets(seed, count, watch, figures) {
  const random = new Random(seed ^ 0x50c4e7);
  const secrets = new Secrets(random);
  const responses = new Responses(random, secrets);
  await overSockets({ batch: "sockets", random, secrets, responses, watch, figures }, count);
}

/** Reports rejections and exceptions that a client leaves unhandled. @param {Watch} watch */
function listen(watch) {
  const rejected = (reason) => watch.problem("unhandled rejection", inspect(reason));
  const thrown = (error) => watch.problem("uncaught exception", inspect(error));
  process.on("unhandledRejection", rejected);
  process.on("uncaughtException", thrown);
  return () => {
    process.off("unhandledRejection", rejected);
    process.off("uncaughtException", thrown);
  };
}
