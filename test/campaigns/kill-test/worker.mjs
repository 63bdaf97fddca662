// A process that spends. It settles what earlier processes left. Then it runs one lifecycle after another, until it is
// killed. Before each step, it writes the step to its diary, synchronously.
//   node worker.mjs <settings as JSON>       with `spends: false`, it only settles, until its parent process says "end"
import { appendFileSync } from "node:fs";
import { CyclesClient, CyclesError, systemClock, tokens } from "cycles-client";
import { Random } from "../support/random.mjs";

const { baseUrl, apiKey, journalDir, diary, seed, name, timeouts, aheadMs, spends } = JSON.parse(
  process.argv[2],
);
const random = new Random(seed);
/** @type {(what: string, details?: object) => void} */
const note = (what, details = {}) => {
  appendFileSync(diary, `${JSON.stringify({ what, at: Date.now(), ...details })}\n`);
};
/** Resolves in another turn of the event loop. Two timers that are late can run in the same one. */
const pause = (most) =>
  new Promise((resolve) => setTimeout(() => setImmediate(resolve), random.integer(0, most)));

let isRecovering = true;
/** The reservations of this process. */
const own = new Set();
const client = new CyclesClient({
  baseUrl,
  apiKey,
  journalDir,
  ...timeouts,
  subject: { tenant: "acme" },
  settleTimeout: 1_000,
  retry: { initialDelay: 50, maxDelay: 200 },
  logLevel: "off",
  clock: { ...systemClock, now: () => Date.now() + aheadMs },
  fetch: slowly,
  onNotice: (notice) => {
    if (notice.type !== "settlement_failed") return;
    const { reservationId, actual, noted, error } = notice;
    const { code } = error;
    note("notice", { reservationId, amount: actual.amount, noted: noted?.amount, code });
  },
});

note("recovers");
process.send?.("begun");
const recovery = await client.recover();
isRecovering = false;
note("recovered", recovery);
if (spends) {
  const shapes = [commit, run, stream];
  for (let lifecycle = 1; ; lifecycle += 1) {
    await random.pick(shapes)(`${name}.${lifecycle}`);
    await pause(5);
  }
} else {
  process.on("message", () => {
    void client.close().then(() => {
      process.disconnect();
    });
  });
}

/** Reserves, works and commits an amount. */
async function commit(lifecycle) {
  await settle(async (spend) => {
    const options = random.chance(0.3) ? /** @type {const} */ ({ heartbeat: false }) : {};
    const guard = await client.reserve(requestOf(lifecycle), options);
    begin(spend, guard);
    await pause(20);
    spend.amount = random.integer(1, 1_000_000);
    note("commits", spend);
    await guard.commit(tokens(spend.amount), { metadata: { lifecycle } });
  });
}

/** @param {AsyncIterable<unknown>} items */
async function consume(items) {
  const iterator = items[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** Runs work that notes what it has spent, again and again. */
async function run(lifecycle) {
  await settle((spend) =>
    client.run(requestOf(lifecycle), async (guard) => {
      begin(spend, guard);
      await consume(steps(spend, guard));
      note("commits", spend);
    }),
  );
}

/** Consumes a stream whose source notes what it has spent, again and again. */
async function stream(lifecycle) {
  await settle(async (spend) => {
    const source = async function* (guard) {
      begin(spend, guard);
      yield* steps(spend, guard);
      note("commits", spend);
    };
    const options = random.chance(0.2) ? /** @type {const} */ ({ heartbeat: false }) : {};
    await consume(client.stream(requestOf(lifecycle), source, options));
  });
}

/** Writes to the diary how a lifecycle ends. Without a reservation, there is no spend. */
async function settle(lifecycle) {
  note("reserves");
  const spend = { reservationId: undefined, amount: 0 };
  try {
    await lifecycle(spend);
    note("settled", spend);
  } catch (error) {
    if (!(error instanceof CyclesError)) throw error;
    if (spend.reservationId !== undefined) note("refused", { ...spend, code: error.code });
  }
}

function begin(spend, guard) {
  spend.reservationId = guard.id;
  own.add(guard.id);
  note("works", spend);
}

async function* steps(spend, guard) {
  for (let left = random.integer(5, 60); left > 0; left -= 1) {
    spend.amount += random.integer(1, 10_000);
    note("notes", spend);
    guard.setActual(tokens(spend.amount), { metadata: { left } });
    await pause(30);
    yield left;
  }
}

function requestOf(lifecycle) {
  const action = { kind: "tool.call", name: lifecycle };
  return { action, estimate: tokens(1_000_000), ttl_ms: 1_000, grace_period_ms: 0 };
}

/** Delays requests and responses, so that each phase lasts long enough for a kill to hit it. */
async function slowly(url, init) {
  const isOwn = !isRecovering && isOwnSettlement(url, init);
  await pause(8);
  if (isOwn) note("sends");
  const response = await fetch(url, init);
  const text = await response.text();
  if (isOwn) note("responded", { status: response.status });
  await pause(8);
  return new Response(text === "" ? null : text, response);
}

/** Whether a request settles a spend of this process. It also settles what it has taken over. */
function isOwnSettlement(url, { body }) {
  if (url.endsWith("/commit")) return own.has(decodeURIComponent(url.split("/").at(-2) ?? ""));
  return url.endsWith("/events") && own.has(JSON.parse(body).metadata.recovered_reservation_id);
}
