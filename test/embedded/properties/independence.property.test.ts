import fc from "fast-check";
import { expect, it } from "vitest";
import { charging, reserving, starts, type Step, steps } from "./history.js";
import { World } from "./world.js";

const RUNS = Math.ceil(Number(process.env["PROPERTY_RUNS"] ?? 150) / 5);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 7);

const of = (tenant: "acme" | "beta") =>
  fc.oneof(reserving(fc.constant(tenant)), charging(fc.constant(tenant)));

it(
  "gives the same balances, whichever of two tenants acts first",
  { timeout: 600_000 },
  async () => {
    const commute = fc.asyncProperty(
      starts,
      steps,
      of("acme"),
      of("beta"),
      async (begin, before, acme, beta) => {
        const inOrder = async (...last: Step[]) => {
          const world = new World(begin);
          for (const step of before) await world.take(step);
          const outcomes: Record<string, string> = {};
          for (const step of last)
            outcomes[step === acme ? "acme" : "beta"] = await world.take(step);
          return { outcomes, balances: world.balances() };
        };
        expect(await inOrder(acme, beta)).toEqual(await inOrder(beta, acme));
      },
    );
    await fc.assert(commute, { numRuns: RUNS, seed: SEED });
  },
);
