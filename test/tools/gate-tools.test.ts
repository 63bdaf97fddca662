import { BudgetDeniedError, credits, CyclesConfigError, riskPoints } from "cycles-client";
import { gateTools } from "cycles-client/tools";
import { describe, expect, expectTypeOf, it } from "vitest";
import { scene } from "./scene.js";

/** Tools as an SDK makes them, by hand: one that runs here, and one that runs at the provider. */
const tools = {
  search: { execute: (query: string, _options: object) => [query] },
  web_search: { type: "provider", id: "openai.web_search" },
  send_email: { execute: (to: string, _options: object) => to },
};
const options = { toolCallId: "c1" };

describe("a record of tools", () => {
  it("has the same types, except that a callback returns a promise", () => {
    const { cycles } = scene();
    const gated = gateTools(cycles, { ...tools, count: (text: string) => text.length }, {});
    expectTypeOf(gated.search).toEqualTypeOf(tools.search);
    expectTypeOf(gated.web_search).toEqualTypeOf(tools.web_search);
    expectTypeOf(gated.count).toEqualTypeOf<(text: string) => Promise<number>>();
  });

  it("keeps what is not gated, and leaves the tools that it was given as they are", async () => {
    const { cycles } = scene();
    class Named {
      readonly #name = "a name";
      description = "Says its name";
      execute = () => this.#name;
      get title() {
        return "Name";
      }
    }
    const named = Object.defineProperty(new Named(), "hidden", { value: 1 });
    const gated = gateTools(cycles, { named }, { named: riskPoints(1) }).named;
    expect(await gated.execute()).toBe("a name");
    expect(gated).toBeInstanceOf(Named);
    expect(gated).toMatchObject({ description: "Says its name", title: "Name" });
    expect(Reflect.get(gated, "hidden")).toBe(1);
    expect(gated.execute).not.toBe(named.execute);
  });

  it("reports the tools without a cost, which run uncharged", async () => {
    const { cycles, operations } = scene();
    const reports: (readonly string[])[] = [];
    const onUnpriced = (names: readonly string[]) => reports.push(names);
    const gated = gateTools(cycles, tools, { send_email: riskPoints(5) }, { onUnpriced });
    expect(reports).toEqual([["search"]]);
    expect(await gated.search.execute("ducks", options)).toEqual(["ducks"]);
    expect(operations()).toEqual([]);
  });

  it("reports nothing if all tools have a cost", () => {
    const { cycles } = scene();
    const onUnpriced = () => expect.unreachable();
    const costs = { search: credits(0), send_email: riskPoints(5) };
    gateTools(cycles, tools, costs, { onUnpriced });
  });

  it("refuses tools without a cost that caps refuse", async () => {
    const { cycles } = scene({ caps: { tool_denylist: ["search"] } });
    const gated = gateTools(cycles, tools, {});
    const work = { action: { kind: "agent.run", name: "clerk" }, estimate: riskPoints(1) };
    await expect(
      cycles.run(work, () => Promise.resolve(gated.search.execute("ducks", options))),
    ).rejects.toBeInstanceOf(BudgetDeniedError);
  });

  it("takes rules of one tool before those of all", async () => {
    const { cycles, spent, bodies } = scene({ points: 8 });
    const gated = gateTools(
      cycles,
      tools,
      {
        search: {
          cost: (query) => riskPoints(query.length),
          actual: (found) => riskPoints(found.length),
        },
        send_email: { cost: riskPoints(9), onDenied: ({ code }, to) => `${to}: ${code}` },
      },
      {
        onDenied: "tell-the-model",
        kind: "tool.office",
        subject: ({ tool }) => ({ toolset: tool }),
        idempotencyKey: ({ tool, input, id }) => `${tool} ${String(input)} ${id}`,
      },
    );
    await gated.search.execute("ducks", options);
    expect(spent()).toBe(1);
    expect(bodies("createReservation")[0]).toMatchObject({
      action: { kind: "tool.office", name: "search" },
      estimate: riskPoints(5),
      subject: { tenant: "acme", toolset: "search" },
      idempotency_key: "search ducks c1",
    });
    expect(await gated.send_email.execute("ann", options)).toBe("ann: BUDGET_EXCEEDED");
    expect(await gated.search.execute("greylag geese", options)).toContain("did not run");
  });

  it("can have another result for all tools that are denied", async () => {
    const { cycles } = scene({ points: 1 });
    const gated = gateTools(
      cycles,
      tools,
      { send_email: riskPoints(5) },
      { onDenied: (_, { tool, input, id }) => `${tool} ${String(input)} ${id}` },
    );
    expect(await gated.send_email.execute("ann", options)).toBe("send_email ann c1");
  });

  it("gives the last result of a function that returns an iterable", async () => {
    const { cycles, spent } = scene();
    const watch = {
      execute: (_: object) =>
        (async function* () {
          yield 1;
          yield 2;
        })(),
    };
    const gated = gateTools(cycles, { watch }, { watch: riskPoints(2) });
    expect(await gated.watch.execute({})).toBe(2);
    expect(spent()).toBe(2);
  });
});

describe("bad costs and options of a record", () => {
  it.each<[string, object, object, string]>([
    [
      "a cost without a tool",
      { send_emial: riskPoints(5) },
      {},
      'costs has "send_emial", which is not one of the tools: search, web_search, send_email',
    ],
    [
      "a cost of a tool that runs elsewhere",
      { web_search: riskPoints(5) },
      {},
      'costs has "web_search", but this tool has no function that runs here',
    ],
    ["a number", { search: 5 }, {}, "costs.search: cost must be an amount"],
    ["null", { search: null }, {}, "costs.search: cost must be an amount"],
    ["rules without a cost", { search: {} }, {}, "costs.search: cost must be an amount"],
    ["a misspelt policy", {}, { onDenied: "tell" }, 'onDenied must be "throw", "tell-the-model"'],
    ["an unknown failure", {}, { onFailure: "free" }, 'onFailure must be "charge" or "release"'],
  ])("throw at once: %s", (_, costs, given, message) => {
    const { cycles } = scene();
    const gating = () => gateTools(cycles, tools, costs, given);
    expect(gating).toThrow(CyclesConfigError);
    expect(gating).toThrow(message);
  });

  it("throw at once: a list of tools", () => {
    const { cycles } = scene();
    // @ts-expect-error a list has no names
    expect(() => gateTools(cycles, [tools.search], {})).toThrow("tools must be an object of names");
  });

  it("do not compile", () => {
    const planted = (cycles: ReturnType<typeof scene>["cycles"]) => {
      // @ts-expect-error the name is misspelt
      gateTools(cycles, tools, { send_emial: riskPoints(5) });
      // @ts-expect-error the input is a text
      gateTools(cycles, tools, { search: (query: number) => riskPoints(query) });
      // @ts-expect-error a number has no unit
      gateTools(cycles, tools, { search: 5 });
    };
    expect(planted).toBeTypeOf("function");
  });
});
