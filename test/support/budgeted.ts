import { type ClientOptions, CyclesClient, type Fetch, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, type EmbeddedOptions, ManualClock } from "cycles-client/embedded";
import type { ScriptedResponse } from "./server.js";

/** Requests by the last part of their path. */
const OPERATIONS = {
  commit: "commitReservation",
  decide: "decide",
  events: "createEvent",
  extend: "extendReservation",
  release: "releaseReservation",
  reservations: "createReservation",
} as const;
export type RequestName = keyof typeof OPERATIONS;

/** What goes wrong with one request. A response replaces the authority's, and the ledger does not change. */
export type Fault = "none" | "drop before" | "drop after" | ScriptedResponse;

/** An embedded authority with one budget, a client of it, and the client's notices. */
export function budgeted(
  options: ClientOptions & {
    readonly budget?: string;
    /** The rules of the authority. */
    readonly rules?: Omit<EmbeddedOptions, "budgets" | "clock">;
  } = {},
) {
  const { budget = "1.00", rules, ...clientOptions } = options;
  const clock = new ManualClock(1_700_000_000_000);
  const authority = new EmbeddedCycles({
    ...rules,
    budgets: { "tenant:acme": usd(budget) },
    clock,
  });
  const notices: Notice[] = [];
  const requests: { path: string; body: string; headers: Headers; at: number }[] = [];
  /** Records what the client sends, which a fault or an abort can keep from the authority. */
  const fetch: Fetch = (url, init) => {
    requests.push({
      path: new URL(url).pathname.split("/").at(-1) ?? "",
      body: typeof init.body === "string" ? init.body : "",
      headers: new Headers(init.headers),
      at: clock.monotonic(),
    });
    return authority.fetch(url, init);
  };
  const client = new CyclesClient({
    ...authority.clientOptions("acme"),
    fetch,
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
    ...clientOptions,
  });
  /** The next request that no fault of the kind is waiting for. */
  const next = (name: RequestName, isDelay: boolean) => {
    const operation = OPERATIONS[name];
    const waiting = authority.faults.pending.filter(
      (fault) => fault.operation === operation && (fault.kind === "delay") === isDelay,
    );
    return authority.faults.on(operation, { after: waiting.length });
  };
  return {
    authority,
    client,
    clock,
    notices,
    requests,
    /** Breaks the next requests of a name, one fault each. */
    fail: (name: RequestName, ...faults: Fault[]) => {
      for (const fault of faults) {
        const breakage = next(name, false);
        if (fault === "none") breakage.rewrite((genuine) => genuine);
        else if (fault === "drop before") breakage.drop("before");
        else if (fault === "drop after") breakage.drop("after");
        else breakage.respond(fault.status ?? 200, fault);
      }
    },
    /** Delays the next requests of a name, each by its milliseconds. Call it before `fail` for the same requests. */
    slow: (name: RequestName, ...delays: number[]) => {
      for (const ms of delays) next(name, true).delay(ms);
    },
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    reserved: () => authority.balances("tenant:acme")[0]?.reserved.amount,
    /** The requests of a name, in the order in which they were sent. */
    sent: (name: RequestName) => requests.filter(({ path }) => path === name),
  };
}
