import { type ClientOptions, CyclesClient, type Fetch, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, type EmbeddedOptions, ManualClock } from "cycles-client/embedded";

/** What a broken network does to a request, by the end of its path: `commit`, `reservations`, `events`, … */
export type Fault = "none" | "drop before" | "drop after" | Response;

/** A client of an embedded authority with one budget, its notices, and a network that can be broken. */
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
  const faults: { path: string; fault: Fault }[] = [];
  const delays: { path: string; ms: number }[] = [];
  const requests: { path: string; body: string; headers: Headers; at: number }[] = [];
  const given = authority.clientOptions("acme");
  const fetch: Fetch = async (url, init) => {
    const path = new URL(url).pathname.split("/").at(-1) ?? "";
    requests.push({
      path,
      body: typeof init.body === "string" ? init.body : "",
      headers: new Headers(init.headers),
      at: clock.monotonic(),
    });
    const delay = takeFirst(delays, path)?.ms;
    if (delay !== undefined) await new Promise<void>((resolve) => clock.setTimeout(resolve, delay));
    const fault = takeFirst(faults, path)?.fault;
    if (fault === "drop before") throw new TypeError("fetch failed");
    if (fault instanceof Response) return fault;
    const answer = await authority.fetch(url, init);
    if (fault === "drop after") throw new TypeError("fetch failed");
    return answer;
  };
  const client = new CyclesClient({
    ...given,
    fetch,
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
    ...clientOptions,
  });
  return {
    authority,
    client,
    clock,
    notices,
    requests,
    /** Breaks the next requests to a path, one fault each. */
    fail: (path: string, ...list: Fault[]) => {
      faults.push(...list.map((fault) => ({ path, fault })));
    },
    /** Delays the next requests to a path on their way to the authority, each by so many milliseconds. */
    slow: (path: string, ...list: number[]) => {
      delays.push(...list.map((ms) => ({ path, ms })));
    },
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    reserved: () => authority.balances("tenant:acme")[0]?.reserved.amount,
    sent: (path: string) => requests.filter((request) => request.path === path),
  };
}

function takeFirst<T extends { readonly path: string }>(list: T[], path: string): T | undefined {
  const at = list.findIndex((entry) => entry.path === path);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

/** An error answer of the protocol. */
export function refusal(status: number, error: string, headers: Record<string, string> = {}) {
  const body = { error, message: `refused with ${error}`, request_id: "req_test" };
  return Response.json(body, { status, headers });
}

export const request = {
  action: { kind: "llm.completion", name: "gpt-4o-mini" },
  estimate: usd("0.40"),
};
