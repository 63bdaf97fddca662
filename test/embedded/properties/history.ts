import fc from "fast-check";
import { enums } from "../../../generated/constants.js";
import type { Amount, Subject, Unit } from "cycles-client";
import type { Wire } from "../http.js";

/** The possible budgets: two tenants, two units, and levels with gaps between them. */
export const places = [
  ["tenant:acme", "USD_MICROCENTS"],
  ["tenant:acme/workspace:prod", "USD_MICROCENTS"],
  ["tenant:acme/workspace:prod", "TOKENS"],
  ["tenant:acme/workspace:prod/agent:bot", "USD_MICROCENTS"],
  ["tenant:acme/workspace:prod/agent:bot", "TOKENS"],
  ["tenant:beta", "TOKENS"],
  ["tenant:beta/agent:bot", "TOKENS"],
] as const satisfies readonly (readonly [string, Unit])[];

/** The last subject has no budget at all. */
export type Tenant = "acme" | "beta" | "gamma";

/** The initial values of a budget. */
export interface Start {
  readonly allocated: number;
  readonly overdraft: number;
}

/** One step of a history. `pick` selects one of the earlier reservations or requests. */
export type Step =
  | ({ readonly type: "reserve"; readonly ttl: number; readonly grace: number } & Ask)
  | ({ readonly type: "event" } & Ask)
  | ({ readonly type: "decide" } & Ask)
  | {
      readonly type: "commit";
      readonly pick: number;
      readonly amount: number;
      readonly unit?: Unit;
    }
  | { readonly type: "release" | "extend"; readonly pick: number }
  | { readonly type: "repeat" | "misuse" | "persist"; readonly pick: number }
  | { readonly type: "fund"; readonly place: number; readonly amount: number }
  | { readonly type: "freeze" | "unfreeze"; readonly place: number }
  | { readonly type: "close"; readonly tenant: Tenant }
  | { readonly type: "wait"; readonly ms: number }
  /** The next request or its response is lost, and the sender repeats the request. */
  | { readonly type: "lose"; readonly when: "before" | "after" };

interface Ask {
  readonly tenant: Tenant;
  readonly subject: Subject;
  readonly amount: Amount;
  readonly policy: Wire["CommitOveragePolicy"];
}

const amount = fc.integer({ min: 0, max: 60 });
const pick = fc.nat({ max: 30 });
const place = fc.nat({ max: places.length - 1 });
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Unit>("USD_MICROCENTS") },
  { weight: 6, arbitrary: fc.constant<Unit>("TOKENS") },
  { weight: 1, arbitrary: fc.constant<Unit>("CREDITS") },
);

const inner = [
  {},
  { workspace: "prod" },
  { workspace: "Prod", agent: "bot" },
  { agent: "bot" },
  { agent: "nobody" },
] as const satisfies readonly Subject[];

export const tenants = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Tenant>("acme") },
  { weight: 6, arbitrary: fc.constant<Tenant>("beta") },
  { weight: 1, arbitrary: fc.constant<Tenant>("gamma") },
);

export const ask = (from: fc.Arbitrary<Tenant>) =>
  fc
    .record({
      tenant: from,
      level: fc.constantFrom(...inner),
      amount: fc.record({ unit, amount }),
      policy: fc.constantFrom(...enums.CommitOveragePolicy),
    })
    .map(({ level, ...rest }): Ask => ({ ...rest, subject: { tenant: rest.tenant, ...level } }));

const type = <Type extends string>(name: Type) => ({ type: name });

export const reserving = (from: fc.Arbitrary<Tenant>): fc.Arbitrary<Step> =>
  fc
    .tuple(ask(from), fc.integer({ min: 1_000, max: 20_000 }), fc.constantFrom(0, 5_000))
    .map(([wanted, ttl, grace]) => ({ ...type("reserve"), ...wanted, ttl, grace }));

export const charging = (from: fc.Arbitrary<Tenant>): fc.Arbitrary<Step> =>
  ask(from).map((wanted) => ({ ...type("event"), ...wanted }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: reserving(tenants) },
  { weight: 3, arbitrary: charging(tenants) },
  { weight: 1, arbitrary: ask(tenants).map((wanted) => ({ ...type("decide"), ...wanted })) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(pick, amount, fc.option(unit, { freq: 9, nil: undefined }))
      .map(([which, actual, other]) => ({
        ...type("commit"),
        pick: which,
        amount: actual,
        ...(other && { unit: other }),
      })),
  },
  { weight: 2, arbitrary: pick.map((which) => ({ ...type("release"), pick: which })) },
  { weight: 2, arbitrary: pick.map((which) => ({ ...type("extend"), pick: which })) },
  { weight: 2, arbitrary: pick.map((which) => ({ ...type("repeat"), pick: which })) },
  { weight: 1, arbitrary: pick.map((which) => ({ ...type("misuse"), pick: which })) },
  { weight: 2, arbitrary: pick.map((which) => ({ ...type("persist"), pick: which })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(place, amount)
      .map(([at, added]) => ({ ...type("fund"), place: at, amount: added })),
  },
  { weight: 1, arbitrary: place.map((at) => ({ ...type("freeze"), place: at })) },
  { weight: 1, arbitrary: place.map((at) => ({ ...type("unfreeze"), place: at })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("before" as const, "after" as const)
      .map((when) => ({ ...type("lose"), when })),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 9_000 }).map((ms) => ({ ...type("wait"), ms })),
  },
);

/** Rare, and at the end, because nothing of a closed tenant can change any more. */
const closing: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step[]>([]) },
  { weight: 1, arbitrary: tenants.map((tenant): Step[] => [{ type: "close", tenant }]) },
);

export const steps: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(step, { maxLength: 40, size: "max" }),
    closing,
    fc.array(step, { maxLength: 6, size: "max" }),
  )
  .map((parts) => parts.flat());

const startsWith = (overdraft: fc.Arbitrary<number>): fc.Arbitrary<Start[]> =>
  fc.array(fc.record({ allocated: fc.integer({ min: 0, max: 120 }), overdraft }), {
    minLength: places.length,
    maxLength: places.length,
  });

/** Debt needs an overdraft limit at every level that cannot pay. */
export const starts: fc.Arbitrary<Start[]> = fc.oneof(
  startsWith(fc.constantFrom(0, 40)),
  startsWith(fc.constantFrom(20, 40)),
);
