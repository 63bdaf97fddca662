import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { checkSpent, headersFor, reserveAndCommit } from "./work.mjs";

const SERVER = fileURLToPath(new URL("./server.mjs", import.meta.url));
const IN_FLIGHT = 32;

/**
 * Sends pairs from this process to a server in another one.
 * @param {"authority" | "nothing"} kind
 * @param {number} pairs
 * @param {(memory: import("./memory.mjs").Memory) => void} [sample] called after each tenth of the pairs
 * @returns {Promise<number>} pairs per second
 */
export async function overHttp(kind, pairs, sample) {
  const server = fork(SERVER, [kind]);
  const [{ url, apiKey }] = await once(server, "message");
  const pool = new Pool(url, { connections: IN_FLIGHT });
  const headers = headersFor(apiKey);
  const post = async (path, body) => {
    const sent = { path, method: "POST", headers, body: JSON.stringify(body) };
    const { statusCode, body: received } = await pool.request(sent);
    if (statusCode !== 200) throw new Error(`${statusCode} ${await received.text()}`);
    return received.json();
  };
  try {
    let milliseconds = 0;
    let next = 0;
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      const end = Math.round((pairs * tenth) / 10);
      const startedAt = performance.now();
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, async () => {
          while (next < end) await reserveAndCommit(post, (next += 1));
        }),
      );
      milliseconds += performance.now() - startedAt;
      sample?.(await stateOf(server));
    }
    const { balance } = await stateOf(server);
    if (balance) checkSpent(balance, pairs);
    return (pairs / milliseconds) * 1_000;
  } finally {
    await pool.close();
    server.kill();
  }
}

async function stateOf(server) {
  server.send("state");
  const [state] = await once(server, "message");
  return state;
}
