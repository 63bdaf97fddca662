import {
  type Clock,
  type ClientOptions,
  CyclesClient,
  type Journal,
  type Notice,
  usd,
} from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { refusal, request, toResponse } from "./responses.js";
import type { ScriptedResponse } from "./server.js";

/** The response to a request in place of the authority's. `undefined` leaves the request to the authority. */
export type Respond = (
  path: string,
  reservationId: string,
) => Scripted | Promise<Scripted> | undefined;
type Scripted = ScriptedResponse | Response;

/** A request as it was sent: the last part of its path, its reservation, and when it was sent. */
export interface Sent {
  readonly path: string;
  readonly reservationId: string;
  readonly body: string;
  readonly at: number;
}

/** An authority, a journal in memory, and clients that share only these and the clock. */
export function journaled(options: ClientOptions = {}) {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1000.00") }, clock });
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
    respond: ((): undefined => undefined) as Respond,
    /** A client and its notices. */
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
          const scripted = await world.respond(path, reservationId);
          if (scripted === undefined) return authority.fetch(url, init);
          return scripted instanceof Response ? scripted : toResponse(scripted);
        },
        onNotice: (notice) => notices.push(notice),
        ...options,
        ...more,
      });
      return { client, notices, types: () => notices.map(({ type }) => type) };
    },
    /** Leaves records as an earlier process does. Returns the ids of their reservations. */
    async leave(count: number): Promise<string[]> {
      const before = world.respond;
      world.respond = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
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
      world.respond = before;
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

/** A clock whose wall time a test can set, as an operator sets a machine's. `ManualClock` only moves on. */
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
