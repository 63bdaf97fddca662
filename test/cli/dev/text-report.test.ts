import { credits, type Amount, tokens, usd } from "cycles-client";
import type { EmbeddedBalance, Exchange } from "cycles-client/embedded";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { units } from "../../../generated/constants.js";
import { operations, type OperationId } from "../../../generated/operations.js";
import { exportLines } from "../../../src/cli/dev/access.js";
import { textReport } from "../../../src/cli/dev/text-report.js";
import { tightest } from "../../../src/cli/dev/report.js";
import { painter } from "../../../src/cli/layout.js";

function balance(scope: string, allocated: Amount, spent = 0, reserved = 0): EmbeddedBalance {
  const of = (amount: number) => ({ unit: allocated.unit, amount });
  return {
    scope,
    scope_path: scope,
    allocated,
    spent: of(spent),
    reserved: of(reserved),
    debt: of(0),
    remaining: of(allocated.amount - spent - reserved),
    overdraft_limit: of(0),
    is_over_limit: false,
  };
}

const acme = balance("tenant:acme", usd("5.00"), 1e8, 2e8);

function exchange(more: Partial<Exchange>): Exchange {
  return {
    at: new Date(2026, 0, 1, 9, 8, 7).getTime(),
    method: "POST",
    target: "/v1/reservations",
    headers: {},
    body: "",
    operation: "createReservation",
    tenant: "acme",
    scopes: ["tenant:acme"],
    request: {},
    status: 200,
    response: {},
    ...more,
  };
}

const report = textReport(painter(false), () => 80);
const shown = (more: Partial<Exchange>) => report.exchanged(exchange(more), [acme])[0];

describe("the line of an operation", () => {
  it.each<[string, Partial<Exchange>, string]>([
    [
      "a reserve",
      { request: { estimate: usd("0.02") }, response: { decision: "ALLOW" } },
      "09:08:07 reserve  tenant:acme             $0.02 ALLOW           █▒▒░░░ $2.00",
    ],
    [
      "a dry run that is denied",
      {
        request: { estimate: usd("9"), dry_run: true },
        response: { decision: "DENY", reason_code: "BUDGET_EXCEEDED" },
      },
      "09:08:07 dry run  tenant:acme        $9.00 DENY BUDGET_EXCEEDED █▒▒░░░ $2.00",
    ],
    [
      "a commit under its estimate",
      {
        operation: "commitReservation",
        request: { actual: usd("0.01") },
        response: { status: "COMMITTED", charged: usd("0.01"), released: usd("0.02") },
      },
      "09:08:07 commit   tenant:acme    $0.01 of $0.03 COMMITTED       █▒▒░░░ $2.00",
    ],
    [
      "a commit that the budget could not pay in full",
      {
        operation: "commitReservation",
        request: { actual: usd("3") },
        response: { status: "COMMITTED", charged: usd("2") },
      },
      "09:08:07 commit   tenant:acme    $2.00 of $3.00 CUT SHORT       █▒▒░░░ $2.00",
    ],
    [
      "an extension",
      {
        operation: "extendReservation",
        request: { extend_by_ms: 1_500 },
        response: { status: "ACTIVE" },
      },
      "09:08:07 extend   tenant:acme            +1.5 s ACTIVE          █▒▒░░░ $2.00",
    ],
    [
      "a refusal in a unit without a budget",
      { request: { estimate: tokens(5) }, status: 400, response: { error: "UNIT_MISMATCH" } },
      "09:08:07 reserve  tenant:acme             5 tok UNIT_MISMATCH",
    ],
    [
      "a refusal with a long code",
      {
        operation: "extendReservation",
        request: { extend_by_ms: 5_000 },
        status: 409,
        response: { error: "MAX_EXTENSIONS_EXCEEDED" },
      },
      "09:08:07 extend   …nant:acme       +5 s MAX_EXTENSIONS_EXCEEDED █▒▒░░░ $2.00",
    ],
    [
      "a list",
      {
        method: "GET",
        operation: "listReservations",
        request: undefined,
        scopes: [],
        response: { reservations: [{}, {}] },
      },
      "09:08:07 list     tenant:acme                   2 found",
    ],
    [
      "a request without a key",
      { tenant: undefined, scopes: [], status: 401, response: { error: "UNAUTHORIZED" } },
      "09:08:07 reserve  /v1/reservations              UNAUTHORIZED",
    ],
    [
      "a request to an unknown path with a control sequence",
      {
        method: "DELETE",
        target: "/v1/\u001b[2Jx?key=secret",
        operation: undefined,
        tenant: undefined,
        scopes: [],
        status: 404,
        response: { error: "NOT_FOUND" },
      },
      "09:08:07 DELETE   /v1/\\u{1b}[2Jx                NOT_FOUND",
    ],
  ])("of %s", (_what, more, line) => {
    expect(shown(more)).toBe(line);
  });

  it("has at most its columns and one line, whatever the request contains", () => {
    const amount = fc.record({ unit: fc.constantFrom(...units), amount: fc.anything() });
    const whole = fc.record({
      unit: fc.constantFrom(...units),
      amount: fc.oneof(fc.maxSafeInteger(), fc.nat(1e9)),
    });
    const body = fc.record(
      {
        estimate: fc.oneof(amount, whole),
        actual: whole,
        charged: whole,
        released: whole,
        extend_by_ms: fc.anything(),
        error: fc.constantFrom("OVERDRAFT_LIMIT_EXCEEDED", "x".repeat(90)),
        decision: fc.constantFrom("ALLOW", "DENY", "ALLOW_WITH_CAPS"),
        reason_code: fc.string(),
        status: fc.oneof(fc.string(), fc.integer()),
      },
      { requiredKeys: [] },
    );
    const ids = Object.keys(operations) as OperationId[];
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom(...ids), { nil: undefined }),
        fc.oneof(body, fc.anything()),
        body,
        fc.constantFrom(200, 409),
        fc.webPath(),
        fc.array(fc.stringMatching(/^agent:[a-z]{1,40}$/), { maxLength: 4 }),
        whole,
        fc.integer({ min: 80, max: 132 }),
        (operation, request, response, status, target, levels, left, columns) => {
          const scope = ["tenant:acme", ...levels].join("/");
          const budget = { ...balance(scope, left), remaining: left };
          const wide = textReport(painter(false), () => columns);
          const lines = wide.exchanged(
            exchange({ operation, request, response, status, target, scopes: [scope] }),
            [budget],
          );
          expect(lines).toHaveLength(1);
          expect(lines[0]?.length).toBeLessThanOrEqual(columns);
          expect(lines[0]).not.toMatch(/[\n\r\u001b]/);
        },
      ),
    );
  });
});

describe("the tightest budget", () => {
  const bot = balance("tenant:acme/agent:bot", usd("1"), 9e7);
  const counted = balance("tenant:acme", tokens(10), 10);
  const empty = balance("tenant:acme/agent:bot", credits(0));
  const scopes = ["tenant:acme", "tenant:acme/agent:bot"];
  it.each([
    ["has the smallest remaining share", [acme, bot], scopes, usd("1").unit, bot],
    ["is one of the scopes", [acme, bot], ["tenant:acme"], usd("1").unit, acme],
    ["is in the unit", [acme, counted], scopes, usd("1").unit, acme],
    ["is in any unit if none is given", [acme, counted], scopes, undefined, counted],
    ["may be a budget of zero", [acme, empty], scopes, undefined, empty],
    ["is undefined if no scope has a budget", [acme], ["tenant:umbrella"], undefined, undefined],
  ])("%s", (_what, balances, of, unit, expected) => {
    expect(tightest(balances, of, unit)).toBe(expected);
  });
});

it("a key with special characters of the shell is quoted", () => {
  const access = { CYCLES_BASE_URL: "http://x:1", CYCLES_API_KEY: "a'b$c", CYCLES_TENANT: "acme" };
  expect(exportLines(access)).toEqual([
    "export CYCLES_BASE_URL=http://x:1",
    String.raw`export CYCLES_API_KEY='a'\''b$c'`,
    "export CYCLES_TENANT=acme",
  ]);
});

describe("a long list of tenants and budgets", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => balance(`tenant:t${index}`, usd("1")));
  const access = (tenant: string) => ({
    CYCLES_BASE_URL: "u",
    CYCLES_API_KEY: "k",
    CYCLES_TENANT: tenant,
  });

  it("is printed in part, and says what is left out", () => {
    const lines = report.opened(["t", ...many.map(({ scope }) => scope)], access, many);
    expect(lines.length).toBeLessThan(220);
    expect(lines).toContain("# and 19900 more tenants, which only --json prints");
    expect(lines).toContain("# and 19900 more budgets, which only --json prints");
    expect(report.closed(many).at(-1)).toBe("and 19900 more budgets, which only --json prints");
  });
});
