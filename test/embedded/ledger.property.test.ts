import fc from "fast-check";
import { expect, it } from "vitest";
import { enums } from "../../generated/constants.js";
import { cents, embedded, type Wire } from "./http.js";

const scopes = [
  "tenant:acme",
  "tenant:acme/workspace:prod",
  "tenant:acme/workspace:prod/agent:bot",
];
const subjects = [
  { tenant: "acme" },
  { tenant: "acme", workspace: "prod" },
  { tenant: "acme", workspace: "prod", agent: "bot" },
];
const amount = fc.integer({ min: 0, max: 60 });
const pick = fc.nat({ max: 30 });
const command = fc.oneof(
  fc.record({
    type: fc.constant("reserve" as const),
    amount,
    subject: fc.constantFrom(...subjects),
    overage_policy: fc.constantFrom(...enums.CommitOveragePolicy),
    ttl_ms: fc.integer({ min: 1_000, max: 20_000 }),
  }),
  fc.record({ type: fc.constant("commit" as const), amount, pick }),
  fc.record({ type: fc.constant("release" as const), pick }),
  fc.record({ type: fc.constant("extend" as const), pick }),
  fc.record({
    type: fc.constant("event" as const),
    amount,
    subject: fc.constantFrom(...subjects),
    overage_policy: fc.constantFrom(...enums.CommitOveragePolicy),
  }),
  fc.record({ type: fc.constant("fund" as const), amount, scope: fc.constantFrom(...scopes) }),
  fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 9_000 }) }),
);

it("keeps the books through any history of commands", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (history) => {
      let skipped = 0;
      const base = Date.UTC(2026, 0, 1);
      const clock = {
        now: () => base + skipped,
        monotonic: () => skipped,
        setTimeout: () => ({ cancel: () => undefined, unref: () => undefined }),
      };
      const world = embedded({
        clock,
        budgets: Object.fromEntries(
          scopes.map((scope) => [scope, { allocated: cents(150), overdraft_limit: cents(40) }]),
        ),
      });
      const ids: string[] = [];
      for (const step of history) {
        if (step.type === "wait") skipped += step.ms;
        else if (step.type === "fund") world.authority.fund(step.scope, cents(step.amount));
        else if (step.type === "event") {
          const { amount, subject, overage_policy } = step;
          await world.event(amount, { subject, overage_policy });
        } else if (step.type === "reserve") {
          const { amount, subject, overage_policy, ttl_ms } = step;
          const { body } = await world.reserve(amount, { subject, overage_policy, ttl_ms });
          if (body.reservation_id) ids.push(body.reservation_id);
        } else {
          const id = ids[step.pick % Math.max(1, ids.length)] ?? "none";
          if (step.type === "commit") await world.commit(id, step.amount);
          else if (step.type === "release") await world.release(id);
          else await world.extend(id, 5_000);
        }
        await checkBooks(world);
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

async function checkBooks({ ledger, list }: ReturnType<typeof embedded>) {
  const { body } = await list("?status=ACTIVE&limit=200");
  const held: Wire["ReservationSummary"][] = body.reservations;
  let inner = 0;
  for (const scope of [...scopes].reverse()) {
    const { allocated, spent, reserved, debt, remaining } = ledger(scope);
    expect(remaining).toBe(allocated - spent - reserved - debt);
    const sum = held
      .filter(({ affected_scopes }) => affected_scopes.includes(scope))
      .reduce((total, row) => total + row.reserved.amount, 0);
    expect(reserved).toBe(sum);
    for (const value of [allocated, spent, reserved, debt]) expect(value).toBeGreaterThanOrEqual(0);
    expect(spent + debt).toBeGreaterThanOrEqual(inner);
    inner = spent + debt;
  }
}
