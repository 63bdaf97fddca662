// The ways to reserve and commit that the benchmark compares. Each one is a function that reserves and commits once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRawClient, CyclesClient } from "cycles-client";
import createClient from "openapi-fetch";
import { Pool } from "undici";
import { diskFloor, durableFloor, floor, openToAppend } from "./floors.mjs";
import { peers } from "./peer.mjs";
import { commitment, HEADERS, reservation } from "./requests.mjs";
import { ACTION, ACTUAL, API_KEY, ESTIMATE, TENANT } from "./responses.mjs";

/** The client's default number of connections. */
export const CONNECTIONS = 64;

/**
 * Opens one client for each contender, and checks that each one can reserve and commit.
 * @typedef {{ name: string, pair: () => Promise<unknown> }} Contender
 * @param {string} url
 */
export async function contendersAt(url) {
  const folder = mkdtempSync(join(tmpdir(), "cycles-bench-"));
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false });
  const keeping = new CyclesClient({ ...options, journalDir: join(folder, "os") });
  const onDisk = new CyclesClient({
    ...options,
    journalDir: join(folder, "disk"),
    journalSync: "disk",
  });
  const inFiles = new CyclesClient({
    ...options,
    journalDir: join(folder, "files"),
    journalMode: "files",
  });
  const raw = createRawClient(options);
  const plain = createClient({ baseUrl: url, headers: HEADERS });
  const pools = [0, 1, 2, 3].map(() => new Pool(url, { connections: CONNECTIONS }));
  const files = [0, 1].map((each) => openToAppend(join(folder, `floor-${each}.log`)));
  /** @type {Contender[]} */
  const contenders = [
    { name: "floor", pair: floor(pools[0]) },
    { name: "floor again", pair: floor(pools[1]) },
    { name: "durable floor", pair: durableFloor(pools[2], files[0]) },
    { name: "disk floor", pair: diskFloor(pools[3], files[1]) },
    { name: "fetch by hand", pair: byHand(url) },
    { name: "openapi-fetch", pair: overOpenapiFetch(plain) },
    { name: "raw", pair: overOpenapiFetch(raw) },
    { name: "low-level", pair: lowLevel(client) },
    { name: "guard", pair: guarded(client) },
    { name: "run", pair: running(client) },
    { name: "guard + journal", pair: guarded(keeping) },
    { name: "guard + journal, disk", pair: guarded(onDisk) },
    { name: "guard + journal, files", pair: guarded(inFiles) },
    ...(await peers(url, folder)),
  ];
  await check(contenders);
  const stop = async () => {
    const open = [client, keeping, onDisk, inFiles, ...pools];
    await Promise.all(open.map((each) => each.close()));
    for (const file of files) file.close();
    rmSync(folder, { recursive: true });
  };
  return { contenders, stop };
}

/**
 * Makes one pair with each contender.
 * @param {readonly Contender[]} contenders
 */
export async function check(contenders) {
  for (const { name, pair } of contenders) {
    const charged = await pair();
    if (charged !== ACTUAL.amount) throw new Error(`${name} was charged ${charged}`);
  }
}

function byHand(url) {
  const post = async (path, body) => {
    const init = { method: "POST", headers: HEADERS, body: JSON.stringify(body) };
    return (await fetch(url + path, init)).json();
  };
  return async () => {
    const { reservation_id: id } = await post("/v1/reservations", reservation());
    const { charged } = await post(`/v1/reservations/${id}/commit`, commitment());
    return charged.amount;
  };
}

function overOpenapiFetch(client) {
  return async () => {
    const { data } = await client.POST("/v1/reservations", { body: reservation() });
    const committed = await client.POST("/v1/reservations/{reservation_id}/commit", {
      params: { path: { reservation_id: data.reservation_id } },
      body: commitment(),
    });
    return committed.data.charged.amount;
  };
}

/** @param {CyclesClient} client */
function lowLevel(client) {
  return async () => {
    const body = { action: ACTION, estimate: ESTIMATE };
    const { reservation_id: id = "" } = await client.createReservation(body);
    const { charged } = await client.commitReservation(id, { actual: ACTUAL });
    return charged.amount;
  };
}

/** @param {CyclesClient} client */
export function guarded(client) {
  return async () => {
    const guard = await client.reserve({ action: ACTION, estimate: ESTIMATE });
    const settlement = await guard.commit(ACTUAL);
    return settlement.state === "committed" ? settlement.charged.amount : settlement.state;
  };
}

/** @param {CyclesClient} client */
function running(client) {
  return () =>
    client.run({ action: ACTION, estimate: ESTIMATE }, (guard) => {
      guard.setActual(ACTUAL);
      return ACTUAL.amount;
    });
}
