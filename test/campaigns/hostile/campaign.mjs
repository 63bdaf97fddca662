import { inspect } from "node:util";
import { Random } from "../support/random.mjs";
import { seedTheRuntime } from "../support/seeded.mjs";
import { Time } from "../chaos/time.mjs";
import { Answers } from "./answers.mjs";
import { facade, guarded, raw, recovered } from "./cases.mjs";
import { Figures } from "./figures.mjs";
import { Secrets } from "./secrets.mjs";
import { overSockets } from "./sockets.mjs";
import { Watch } from "./watch.mjs";

/** Cases that are under way at the same time, on one clock. */
const CASES = 24;

/** The ways in which answers reach a client, and how often each is taken. */
const WAYS = [facade, facade, facade, guarded, guarded, guarded, recovered, recovered, raw];

/**
 * One campaign: batches of cases until the wanted number of hostile answers was given. Each batch has a seed of its own, so that
 * one of them can be run again.
 *
 * @param {{ seed: number, answers: number, sockets: number, batch?: number | undefined }} settings
 */
export async function campaign({ seed, answers, sockets, batch: only }) {
  const watch = new Watch();
  const figures = new Figures();
  const stopListening = listen(watch);
  const begun = performance.now();
  const { user, system } = process.cpuUsage();
  try {
    const overFetch = only === undefined ? answers - sockets : 1;
    for (let batch = only ?? 1; figures.answers < overFetch; batch += 1)
      await runBatch(seed, batch, watch, figures);
    if (only === undefined) await runSockets(seed, answers - figures.answers, watch, figures);
  } finally {
    stopListening();
  }
  const used = process.cpuUsage();
  const cpuMs = (used.user + used.system - user - system) / 1_000;
  return {
    seed,
    answers: figures.answers,
    cases: figures.cases.entries(),
    operations: figures.operations.entries(),
    statuses: figures.statuses.entries(),
    errors: watch.errors.entries(),
    notices: watch.notices.entries(),
    time: {
      seconds: (performance.now() - begun) / 1_000,
      cpuMsEach: cpuMs / Math.max(1, figures.answers),
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
      const answers = new Answers(random, secrets);
      const way = random.pick(WAYS);
      figures.cases.add(way.name);
      return way({ batch, random, secrets, answers, time, watch, figures, now: () => time.now() });
    });
    await time.until(Promise.all(cases));
  } catch (error) {
    watch.problem(`batch ${batch} did not end`, inspect(error));
  } finally {
    restore();
  }
}

/** The last batch is in real time, and over sockets. */
async function runSockets(seed, count, watch, figures) {
  const random = new Random(seed ^ 0x50c4e7);
  const secrets = new Secrets(random);
  const answers = new Answers(random, secrets);
  await overSockets({ batch: "sockets", random, secrets, answers, watch, figures }, count);
}

/** Nothing of a client may reach the process. @param {Watch} watch */
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
