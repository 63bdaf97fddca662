// The ways to reserve and commit that the benchmark compares. Each one is a function that reserves and commits once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRawClient, CyclesClient } from "cycles-client";
import createClient from "openapi-fetch";
import { Pool } from "undici";
import { ACTION, ACTUAL, API_KEY, ESTIMATE, TENANT } from "./responses.mjs";

/** The client's default number of connections. */
export const CONNECTIONS = 64;

/** Another client of the protocol for JavaScript. It is compared if it is installed. */
export const NPM_CLIENT = "runcycles";

const headers = { "content-type": "application/json", "x-cycles-api-key": API_KEY };
const reservation = () => ({
  idempotency_key: crypto.randomUUID(),
  subject: { tenant: TENANT },
  action: ACTION,
  estimate: ESTIMATE,
});
const commitment = () => ({ idempotency_key: crypto.randomUUID(), actual: ACTUAL });

/**
 * Opens one client for each contender, and checks that each one can reserve and commit.
 * @typedef {{ name: string, pair: () => Promise<unknown> }} Contender
 * @param {string} url
 */
export async function contendersAt(url) {
  const folder = mkdtempSync(join(tmpdir(), "cycles-bench-"));
  const options = { baseUrl: url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false });
  const keeping = new CyclesClient({ ...options, journalDir: folder });
  const raw = createRawClient(options);
  const plain = createClient({ baseUrl: url, headers });
  const pools = [pool(url), pool(url)];
  /** @type {Contender[]} */
  const contenders = [
    { name: "floor", pair: floor(pools[0]) },
    { name: "floor again", pair: floor(pools[1]) },
    { name: "fetch by hand", pair: byHand(url) },
    { name: "openapi-fetch", pair: overOpenapiFetch(plain) },
    { name: "raw", pair: overOpenapiFetch(raw) },
    { name: "low-level", pair: lowLevel(client) },
    { name: "guard", pair: guarded(client) },
    { name: "run", pair: running(client) },
    { name: "guard + journal", pair: guarded(keeping) },
    ...(await npmClient(options)),
  ];
  for (const { name, pair } of contenders) {
    const charged = await pair();
    if (charged !== ACTUAL.amount) throw new Error(`${name} was charged ${charged}`);
  }
  const stop = async () => {
    await Promise.all([client.close(), keeping.close(), ...pools.map((each) => each.close())]);
    rmSync(folder, { recursive: true });
  };
  return { contenders, stop };
}

/** @param {string} url */
function pool(url) {
  return new Pool(url, { connections: CONNECTIONS });
}

/**
 * The least work that the two requests need: undici's pool, with JSON written by hand.
 * @param {Pick<Pool, "request">} over
 */
export function floor(over) {
  const post = async (path, body) => {
    const { body: response } = await over.request({
      method: "POST",
      path,
      headers,
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  };
  return async () => {
    const { reservation_id: id } = await post("/v1/reservations", reservation());
    const { charged } = await post(`/v1/reservations/${id}/commit`, commitment());
    return charged.amount;
  };
}

function byHand(url) {
  const post = async (path, body) => {
    const init = { method: "POST", headers, body: JSON.stringify(body) };
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

async function npmClient({ baseUrl, apiKey }) {
  let other;
  try {
    other = await import(NPM_CLIENT);
  } catch {
    return [];
  }
  const client = new other.CyclesClient(
    new other.CyclesConfig({ baseUrl, apiKey, tenant: TENANT }),
  );
  const pair = async () => {
    const created = await client.createReservation(reservation());
    const id = created.getBodyAttribute("reservation_id");
    const done = await client.commitReservation(id, commitment());
    return done.getBodyAttribute("charged").amount;
  };
  return [{ name: NPM_CLIENT, pair }];
}
