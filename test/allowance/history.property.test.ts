import { type Allowance, type Guard, microcents } from "cycles-client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";

type Step =
  | { readonly do: "start"; readonly estimate: number }
  | { readonly do: "note" | "settle"; readonly draw: number; readonly amount: number }
  | { readonly do: "free" | "close"; readonly draw: number }
  | {
      readonly do: "run";
      readonly estimate: number;
      readonly amount: number;
      readonly throws: boolean;
    }
  | { readonly do: "abort" };

const amount = fc.nat({ max: 60 });
const draw = fc.nat({ max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("start" as const), estimate: amount }) },
  fc.record({ do: fc.constantFrom("note" as const, "settle" as const), draw, amount }),
  fc.record({ do: fc.constantFrom("free" as const, "close" as const), draw }),
  fc.record({
    do: fc.constant("run" as const),
    estimate: amount,
    amount,
    throws: fc.boolean(),
  }),
  fc.record({ do: fc.constant("abort" as const) }),
);

/** Plays a history on an allowance, and keeps the books beside it. */
class Player {
  readonly #allowance: Allowance;
  readonly #draws: {
    readonly guard: Guard;
    readonly estimate: number;
    noted: number | undefined;
  }[] = [];
  /** What draws that have ended have spent. */
  spent = 0;
  /** By how much draws have exceeded their estimates. */
  excess = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** What is spent, with the notes of the draws under way. */
  get known(): number {
    return this.spent + this.#draws.reduce((sum, { noted = 0 }) => sum + noted, 0);
  }

  get held(): number {
    return this.#draws.reduce((sum, { estimate, noted = 0 }) => sum + Math.max(estimate, noted), 0);
  }

  async play(step: Step): Promise<void> {
    const allowance = this.#allowance;
    if (step.do === "abort") {
      const signal = AbortSignal.abort(new Error("aborted"));
      await expect(allowance.reserve(requestOf(1), { signal })).rejects.toThrow("aborted");
    } else if (step.do === "start") {
      const left = allowance.remaining.amount;
      const guard = await allowance.reserve(requestOf(step.estimate)).catch(() => undefined);
      if (guard === undefined) expect(left).toBeLessThan(step.estimate);
      else this.#draws.push({ guard, estimate: step.estimate, noted: undefined });
    } else if (step.do === "run") {
      const work = (guard: Guard) => {
        guard.setActual(microcents(step.amount));
        if (step.throws) throw new Error("thrown");
      };
      const outcome = await allowance.run(requestOf(step.estimate), work).catch(codeOf);
      if (outcome !== "ALLOWANCE_EXCEEDED") this.#count(step.amount, step.estimate);
    } else await this.#end(step);
  }

  async end(): Promise<void> {
    while (this.#draws.length > 0) await this.#end({ do: "close", draw: 0 });
  }

  async #end(step: Extract<Step, { draw: number }>): Promise<void> {
    const index = step.draw % Math.max(1, this.#draws.length);
    const open = this.#draws[index];
    if (open === undefined) return;
    const { guard, estimate, noted } = open;
    if (step.do === "note") {
      guard.setActual(microcents(step.amount));
      open.noted = step.amount;
      return;
    }
    if (step.do === "free" && noted !== undefined) {
      await expect(guard.release()).rejects.toMatchObject({ code: "GUARD_STATE" });
      return;
    }
    this.#draws.splice(index, 1);
    if (step.do === "settle") await guard.commit(microcents(step.amount));
    else if (step.do === "free") await guard.release();
    else await guard.close();
    this.#count(step.do === "settle" ? step.amount : (noted ?? 0), estimate);
  }

  #count(spent: number, estimate: number): void {
    this.spent += spent;
    this.excess += Math.max(0, spent - estimate);
  }
}

const requestOf = (estimate: number) => ({
  action: { kind: "llm.completion", name: "small" },
  estimate: microcents(estimate),
});
const codeOf = (error: unknown) => (error as { code?: string }).code;

it("moves the ledger by exactly what its draws have spent, in every history", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (steps, grows, throws) => {
        const { client, spent, reserved, notices, sent } = budgeted();
        const request = { ...requestOf(100), action: { kind: "agent.run", name: "any" } };
        const grow = { by: microcents(30), upTo: microcents(220) };
        let total = 0;
        const work = async (allowance: Allowance) => {
          const player = new Player(allowance);
          for (const one of steps) {
            await player.play(one);
            const limit = grows ? 220 : 100;
            const noteExcess = Math.max(0, player.held + player.spent - limit);
            expect(allowance.spent.amount).toBe(player.known);
            expect(allowance.remaining.amount).toBeLessThanOrEqual(limit);
            // Without an excess, what is held and spent stays within what was reserved.
            if (noteExcess > 0) expect(allowance.remaining.amount).toBe(0);
            if (!grows)
              expect(allowance.remaining.amount).toBe(
                Math.max(0, 100 - player.held - player.spent),
              );
          }
          await player.end();
          total = player.spent;
          if (throws) throw new Error("the work throws");
        };
        const ended = client.allowance(request, work, grows ? { grow } : {});
        const outcome = await ended.then(
          () => "done",
          (error: unknown) => (error instanceof Error ? error.message : "?"),
        );
        expect(outcome).toBe(throws ? "the work throws" : "done");
        expect(spent()).toBe(total);
        expect(reserved()).toBe(0);
        expect(notices.filter(({ type }) => type === "settlement_failed")).toEqual([]);
        if (!grows) expect(sent("reservations")).toHaveLength(1);
        await client.close();
      },
    ),
    { numRuns: 200 },
  );
});
