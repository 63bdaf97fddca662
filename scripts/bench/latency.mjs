import { readFileSync } from "node:fs";
import { CyclesClient } from "cycles-client";
import { Pool } from "undici";
import { API_KEY, TENANT } from "./responses.mjs";
import { CONNECTIONS, guarded } from "./contenders.mjs";
import { floor } from "./floors.mjs";
import { startServer } from "./processes.mjs";
import { inRounds } from "./rounds.mjs";

const LATENCY_MS = 20;

/**
 * Compares floor and guard over TLS, with a server that delays its responses. The guard should be as fast as the floor.
 * @param {{ rounds: number, runMs: number }} effort
 */
export async function overTls({ rounds, runMs }) {
  const server = await startServer(["--tls", "--latency", String(LATENCY_MS)]);
  // A self-signed certificate for this benchmark. Its key is public and protects nothing.
  const ca = readFileSync(new URL("tls-certificate.pem", import.meta.url));
  const pools = [0, 1].map(
    () => new Pool(server.url, { connections: CONNECTIONS, connect: { ca } }),
  );
  const [, dispatcher] = pools;
  const options = { baseUrl: server.url, apiKey: API_KEY, subject: { tenant: TENANT } };
  const client = new CyclesClient({ ...options, journal: false, dispatcher });
  const contenders = [
    { name: "floor", pair: floor(pools[0]) },
    { name: "guard", pair: guarded(client) },
  ];
  const runs = await inRounds(contenders, { inFlight: 32, runMs, rounds });
  await Promise.all(pools.map((pool) => pool.close()));
  server.stop();
  return runs;
}
