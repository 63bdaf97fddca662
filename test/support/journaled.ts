import {
  type Clock,
  type ClientOptions,
  CyclesClient,
  type Journal,
  type Notice,
  usd,
} from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { refusal } from "./budgeted.js";

/** What a test makes of a request instead of the authority; `undefined`: the authority answers it. */
export type Answer = (
  path: string,
  reservationId: string,
) => Response | Promise<Response> | undefined;

/** A request as it was sent: the end of its path, whose it is, and when it left. */
export interface Sent {
  readonly path: string;
  readonly reservationId: string;
  readonly body: string;
  readonly at: number;
}

export const request = {
  action: { kind: "llm.completion", name: "gpt-4o-mini" },
  estimate: usd("0.01"),
};

/** An authority, a journal in memory, and clients that share nothing but these and their time. */
export function journaled(options: ClientOptions = {}) {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("100.00") }, clock });
  const records = new Map<string, string>();
  const aside: { readonly why: string; readonly record: string }[] = [];
  const journal: Journal = {
    put: (id, record) => void records.set(id, record),
    remove: (id) => void records.delete(id),
    list: () => [...records].map(([reservationId, record]) => ({ reservationId, record })),
    setAside: (id, record, why) => {
      aside.push({ why, record });
      records.delete(id);
    },
  };
  const sent: Sent[] = [];
  const world = {
    clock,
    authority,
    journal,
    /** By reservation. */
    records,
    aside,
    sent,
    answer: ((): undefined => undefined) as Answer,
    /** A client, and what it noticed. */
    open(more: ClientOptions = {}) {
      const notices: Notice[] = [];
      const client = new CyclesClient({
        ...authority.clientOptions("acme"),
        journal,
        logLevel: "off",
        fetch: async (url, init) => {
          const [path = "", id = ""] = new URL(url).pathname.split("/").reverse();
          const body = typeof init.body === "string" ? init.body : "";
          const reservationId = path === "commit" ? id : recovered(body);
          sent.push({ path, reservationId, body, at: clock.monotonic() });
          return (await world.answer(path, reservationId)) ?? authority.fetch(url, init);
        },
        onNotice: (notice) => notices.push(notice),
        ...options,
        ...more,
      });
      return { client, notices, types: () => notices.map(({ type }) => type) };
    },
    /** Leaves the records of an earlier process; returns their reservations. */
    async leave(count: number): Promise<string[]> {
      const before = world.answer;
      world.answer = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
      const { client } = world.open({ retry: false });
      const ids: string[] = [];
      for (let left = 0; left < count; left += 1) {
        const guard = await client.reserve(
          { ...request, ttl_ms: 86_400_000 },
          { heartbeat: false },
        );
        await guard.commit(usd("0.01"));
        ids.push(guard.id);
      }
      world.answer = before;
      sent.length = 0;
      return ids;
    },
    commits: (id?: string) =>
      sent.filter(
        ({ path, reservationId }) => path === "commit" && (id ?? reservationId) === reservationId,
      ),
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
  };
  return world;
}

/** Time that can be set, as an operator sets a machine's clock. */
export function settable(clock: Clock): Clock & { offset: number } {
  return {
    offset: 0,
    now() {
      return clock.now() + this.offset;
    },
    monotonic: () => clock.monotonic(),
    setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
  };
}

/** The reservation whose spend an event records. */
function recovered(body: string): string {
  const { metadata } = JSON.parse(body || "{}") as { metadata?: Record<string, string> };
  return metadata?.["recovered_reservation_id"] ?? "";
}
