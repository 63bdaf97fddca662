import { type Notice, type SpendDetails, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { request } from "../support/responses.js";

const circular: Record<string, unknown> = {};
circular["self"] = circular;
const deep = (levels: number): unknown => {
  let value: unknown = {};
  for (let level = 1; level < levels; level += 1) value = { value };
  return value;
};
const throwing = Object.defineProperty({ fine: 1 }, "broken", {
  enumerable: true,
  get() {
    throw new Error("no");
  },
});

/** Details, what is sent of them, and the fields that the notice names. */
const cases: readonly (readonly [
  what: string,
  details: unknown,
  sent: object,
  changed: string[],
])[] = [
  [
    "valid fields",
    { metrics: { latency_ms: 12 }, metadata: { a: 1 } },
    { metrics: { latency_ms: 12 }, metadata: { a: 1 } },
    [],
  ],
  ["no fields", undefined, {}, []],
  ["null", null, {}, ["details"]],
  [
    "a fraction of a count",
    { metrics: { latency_ms: 12.7 } },
    { metrics: { latency_ms: 13 } },
    ["metrics.latency_ms"],
  ],
  [
    "NaN",
    { metrics: { latency_ms: NaN, tokens_input: 3 } },
    { metrics: { tokens_input: 3 } },
    ["metrics.latency_ms"],
  ],
  [
    "an infinite count",
    { metrics: { tokens_output: Infinity } },
    { metrics: {} },
    ["metrics.tokens_output"],
  ],
  [
    "a negative count",
    { metrics: { tokens_output: -1 } },
    { metrics: {} },
    ["metrics.tokens_output"],
  ],
  [
    "null for a metric",
    { metrics: { tokens_output: null } },
    { metrics: {} },
    ["metrics.tokens_output"],
  ],
  ["null for all metrics", { metrics: null }, {}, ["metrics"]],
  [
    "an unknown metric",
    { metrics: { joules: 3, tokens_input: 1 } },
    { metrics: { tokens_input: 1 } },
    ["metrics.joules"],
  ],
  [
    "a bigint",
    { metrics: { tokens_input: 5n } },
    { metrics: { tokens_input: 5 } },
    ["metrics.tokens_input"],
  ],
  [
    "a text that is too long",
    { metrics: { model_version: "x".repeat(129) } },
    { metrics: {} },
    ["metrics.model_version"],
  ],
  [
    "custom metrics",
    { metrics: { custom: { good: [1], bad: 1n } } },
    { metrics: { custom: { good: [1] } } },
    ["metrics.custom.bad"],
  ],
  ["an array as metadata", { metadata: ["a"] }, {}, ["metadata"]],
  [
    "circular metadata",
    { metadata: { circular, step: 1 } },
    { metadata: { step: 1 } },
    ["metadata.circular"],
  ],
  [
    "a bigint in metadata",
    { metadata: { n: 1n, step: 1 } },
    { metadata: { step: 1 } },
    ["metadata.n"],
  ],
  [
    "a function in metadata",
    { metadata: { f: () => 1, step: 1 } },
    { metadata: { step: 1 } },
    ["metadata.f"],
  ],
  ["undefined in metadata", { metadata: { u: undefined, step: 1 } }, { metadata: { step: 1 } }, []],
  ["a getter that throws", { metadata: throwing }, { metadata: { fine: 1 } }, ["metadata.broken"]],
  [
    "a value that is nested too deep",
    { metadata: { deep: deep(98), step: 1 } },
    { metadata: { step: 1 } },
    ["metadata.deep"],
  ],
  [
    "a value that is nested as deep as allowed",
    { metadata: { deep: deep(97) } },
    { metadata: { deep: deep(97) } },
    [],
  ],
  ["half a surrogate pair", { metadata: { half: "\ud800" } }, { metadata: { half: "\ud800" } }, []],
  [
    "too many bytes, of which the largest value is left out",
    { metadata: { big: "x".repeat(900_000), huge: "é".repeat(600_000), step: 1 } },
    { metadata: { big: "x".repeat(900_000), step: 1 } },
    ["metadata.huge"],
  ],
  ["an unknown field", { tokens: 5 }, {}, ["tokens"]],
];

const changes = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "details_changed" ? notice.fields : []));

describe("details of a spend", () => {
  it.each(cases)(
    "with %s do not prevent the commit of the amount",
    async (_, details, sent, changed) => {
      const cycles = budgeted();
      const guard = await cycles.client.reserve(request);
      await guard.commit(usd("0.1"), details as SpendDetails);
      expect(cycles.spent()).toBe(10_000_000);
      const { idempotency_key, actual, ...rest } = JSON.parse(
        cycles.sent("commit")[0]?.body ?? "{}",
      );
      expect(idempotency_key).toBeTypeOf("string");
      expect(actual).toEqual(usd("0.1"));
      expect(rest).toEqual(sent);
      expect(changes(cycles.notices)).toEqual(changed);
    },
  );

  it.each(cases)(
    "with %s are part of the event after an expired commit",
    async (_, details, sent) => {
      const cycles = budgeted();
      const guard = await cycles.client.reserve(
        { ...request, ttl_ms: 1_000 },
        { heartbeat: false },
      );
      await cycles.clock.advance(30_000);
      guard.setActual(usd("0.1"), details as SpendDetails);
      await guard.close();
      expect(cycles.spent()).toBe(10_000_000);
      const { metadata, metrics } = JSON.parse(cycles.sent("events")[0]?.body ?? "{}");
      const { recovered_reservation_id, recovery_reason, ...own } = metadata;
      expect([recovered_reservation_id, recovery_reason]).toEqual([
        guard.id,
        "commit_after_reservation_expired",
      ]);
      expect({ metrics, metadata: own }).toEqual({ metrics: undefined, metadata: {}, ...sent });
    },
  );

  it("are copied at the commit: later changes appear neither in the commit nor in the event", async () => {
    const { client, clock, fail, sent, spent } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    const metadata: Record<string, unknown> = { step: 1 };
    const actual = usd("0.1");
    fail("commit", "drop before");
    const committing = guard.commit(actual, { metadata });
    metadata["step"] = 2;
    metadata["late"] = 1n;
    actual.amount = 1;
    await clock.advance(3_000);
    await committing;
    for (const { body } of [...sent("commit"), ...sent("events")]) {
      expect(JSON.parse(body)).toMatchObject({ actual: usd("0.1"), metadata: { step: 1 } });
      expect(body).not.toContain("late");
    }
    expect(spent()).toBe(10_000_000);
  });
});
