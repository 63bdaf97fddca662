import { BudgetDeniedError, CyclesClient, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import { rulesInUse } from "./http.js";

const CLIENTS = 200;
const ROOM = 100;
const action = { kind: "llm.completion", name: "m" };

/** Two hundred clients, each with its own sockets, that reserve one token at the same time. */
async function race(budgets: Record<string, ReturnType<typeof tokens>>, subject: object) {
  const authority = new EmbeddedCycles({ budgets, rules: rulesInUse() });
  const server = await authority.listen();
  onTestFinished(() => authority.close());
  const clients = Array.from(
    { length: CLIENTS },
    () =>
      new CyclesClient({
        ...server.clientOptions("acme"),
        subject: { tenant: "acme", ...subject },
        logLevel: "off",
        readTimeout: 20_000,
      }),
  );
  const outcomes = await Promise.allSettled(
    clients.map((client) => client.reserve({ action, estimate: tokens(1) }, { heartbeat: false })),
  );
  const winners = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const errors = outcomes.flatMap((one): unknown[] =>
    one.status === "rejected" ? [one.reason] : [],
  );
  return { authority, winners, errors };
}

describe("200 clients that race for a budget of 100 over sockets", () => {
  it.each([1, 2, 3])("get 100 grants and 100 denials (run %d) [reserve-2]", async () => {
    const { authority, winners, errors } = await race({ "tenant:acme": tokens(ROOM) }, {});
    expect([winners.length, errors.length]).toEqual([ROOM, CLIENTS - ROOM]);
    for (const error of errors) {
      expect(error).toBeInstanceOf(BudgetDeniedError);
      expect(error).toMatchObject({ code: "BUDGET_EXCEEDED" });
    }
    await Promise.all(winners.map((guard) => guard.commit(tokens(1))));
    expect(authority.balances("tenant:acme")[0]).toMatchObject({
      spent: tokens(ROOM),
      reserved: tokens(0),
      remaining: tokens(0),
    });
  });

  it("get 100 grants if the smallest of several budgets is the innermost [reserve-1]", async () => {
    const budgets = {
      "tenant:acme": tokens(CLIENTS),
      "tenant:acme/workspace:prod/agent:bot": tokens(ROOM),
    };
    const { authority, winners } = await race(budgets, { workspace: "prod", agent: "bot" });
    expect(winners).toHaveLength(ROOM);
    for (const { reserved } of authority.balances()) expect(reserved).toEqual(tokens(ROOM));
    await Promise.all(winners.map((guard) => guard.release()));
    for (const { reserved } of authority.balances()) expect(reserved).toEqual(tokens(0));
  });
});
