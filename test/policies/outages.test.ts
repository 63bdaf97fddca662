import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyclesClient, microcents, type Notice, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { afterEach, expect, it } from "vitest";
import { request } from "../support/responses.js";

const LIFECYCLES = 200;
const CEILING = usd("3.00");
const estimate = usd("0.10");

let authority: EmbeddedCycles | undefined;
afterEach(() => authority?.close());

it("an authority that is killed and restarted three times gets every spend of 200 lifecycles once", async () => {
  authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1000.00") } });
  let server = await authority.listen();
  const { port } = new URL(server.url);
  const notices: Notice[] = [];
  /** What unguarded work may have spent that the ledger does not have, and the most that it was. */
  let outstanding = 0;
  let most = 0;
  const unguarded = new Map<string, number>();
  const client = new CyclesClient({
    ...server.clientOptions("acme"),
    journalDir: await mkdtemp(join(tmpdir(), "cycles-outages-")),
    onUnavailable: { allow: CEILING },
    retry: { initialDelay: 100, maxDelay: 100 },
    settleTimeout: 50,
    flushTimeout: 30_000,
    logLevel: "off",
    onNotice: (notice) => {
      notices.push(notice);
      if (notice.type === "unguarded") {
        unguarded.set(notice.reservationId, notice.estimate.amount);
        outstanding += notice.estimate.amount;
        most = Math.max(most, outstanding);
      }
      if (notice.type === "committed") {
        outstanding -= unguarded.get(notice.reservationId) ?? 0;
        unguarded.delete(notice.reservationId);
      }
    },
  });
  const spent = new Map<string, number>();
  let refused = 0;
  const lifecycle = async (index: number) => {
    const name = `work-${index}`;
    const actual = microcents(1_000_000 * (1 + (index % 9)));
    await client
      .run({ action: { ...request.action, name }, estimate, ttl_ms: 600_000 }, () => nextTurn(), {
        actual: () => {
          spent.set(name, actual.amount);
          return actual;
        },
      })
      .catch(() => {
        refused += 1;
      });
  };

  const running: Promise<void>[] = [];
  for (let index = 0; index < LIFECYCLES; index += 1) {
    running.push(lifecycle(index));
    // Three times, the server goes in the middle of work, and comes back after more has started.
    if (index % 60 === 40) await server.close();
    if (index % 60 === 59) server = await authority.listen(Number(port));
    if (index % 5 === 0) await nextTurn();
  }
  await Promise.all(running);
  await client.flush();

  const total = [...spent.values()].reduce((sum, amount) => sum + amount, 0);
  const [balance] = authority.balances("tenant:acme");
  expect(balance?.spent.amount).toBe(total);
  const committed = notices.filter((notice) => notice.type === "committed");
  expect(committed.map(({ action }) => action?.name).sort()).toEqual([...spent.keys()].sort());
  const marked = notices.filter(({ type }) => type === "unguarded");
  expect(marked.length).toBeGreaterThan(0);
  expect(
    committed.filter(({ reservationId }) => reservationId.startsWith("unguarded:")),
  ).toHaveLength(marked.length);
  expect(spent.size + refused).toBe(LIFECYCLES);
  expect(most).toBeLessThanOrEqual(CEILING.amount);
  expect(outstanding).toBe(0);
  await client.close();
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
