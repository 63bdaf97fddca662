import { readFileSync } from "node:fs";
import { CyclesApiError, CyclesClient, CyclesResponseError } from "cycles-client";
import { describe, expect, it } from "vitest";
import { operations, type OperationId } from "../../generated/operations.js";
import { calls } from "../support/calls.js";
import { balance, detail, request, reservation } from "../support/responses.js";
import { against, rejection } from "../support/server.js";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

type Body = Record<string, unknown>;

interface Contract {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Responses>>>>;
}

interface Responses {
  readonly responses: Readonly<
    Record<
      number,
      { readonly content: { readonly "application/json": { readonly schema: Schema } } }
    >
  >;
}

const contract: Contract = JSON.parse(
  readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8"),
);

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (contract.components.schemas[name] ?? {});
}

function schemaOf(id: OperationId): Schema {
  const { path, method, success } = operations[id];
  const { responses } = contract.paths[path]?.[method.toLowerCase()] ?? { responses: {} };
  return responses[success]?.content["application/json"].schema ?? {};
}

/** A body with every field of its schema; free-form objects hold a `null`. */
function whole(schema: Schema): unknown {
  const { type, properties, items, enum: values, const: value } = resolved(schema);
  if (value !== undefined || values) return value ?? values?.[0];
  switch ([type].flat()[0]) {
    case "object":
      return properties
        ? Object.fromEntries(
            Object.entries(properties).map(([name, field]) => [name, whole(field)]),
          )
        : { kept: null };
    case "array":
      return [whole(items ?? {})];
    case "boolean":
      return true;
    case "integer":
      return 1;
    default:
      return "x";
  }
}

/** The path to each optional field of a schema, as steps into a body that has every field. */
function* optionalFields(schema: Schema, place: string[] = []): Generator<string[]> {
  const { properties = {}, required = [], items } = resolved(schema);
  for (const [name, field] of Object.entries(properties)) {
    const nullable = [resolved(field).type].flat().includes("null");
    if (!required.includes(name) && !nullable) yield [...place, name];
    yield* optionalFields(field, [...place, name]);
  }
  if (items) yield* optionalFields(items, [...place, "0"]);
}

/** A copy of a body in which a field is `null`, and one in which it is absent. */
function variants(body: Body, place: readonly string[]): [asNull: Body, absent: Body] {
  const [asNull, absent] = [structuredClone(body), structuredClone(body)];
  const name = place.at(-1) ?? "";
  const holder = (whole: Body): Body =>
    place.slice(0, -1).reduce((at, step) => at[step] as Body, whole);
  holder(asNull)[name] = null;
  Reflect.deleteProperty(holder(absent), name);
  return [asNull, absent];
}

const amount = request.estimate;

function clientReceiving(body: unknown, status: number): CyclesClient {
  return new CyclesClient({
    baseUrl: "http://127.0.0.1:1",
    subject: { tenant: "acme" },
    maxRetries: 0,
    logLevel: "off",
    fetch: () => Promise.resolve(new Response(JSON.stringify(body), { status })),
  });
}

describe("an optional field that a server sends as null", () => {
  const ids = Object.keys(calls) as OperationId[];
  it.each(ids.filter((id) => id !== "getEvidence"))(
    "is absent from the result of %s",
    async (id) => {
      const body = whole(schemaOf(id)) as Body;
      const { success } = operations[id];
      expect(await calls[id](clientReceiving(body, success))).toEqual(body);
      const places = [...optionalFields(schemaOf(id))];
      expect(places.length).toBeGreaterThan(1);
      for (const place of places) {
        const [asNull, absent] = variants(body, place);
        const data = await calls[id](clientReceiving(asNull, success));
        // toStrictEqual also rejects a property that is `undefined`.
        expect(data, place.join(".")).toStrictEqual(absent);
      }
    },
  );

  it("is absent from every item of a list", async () => {
    const nothing = { workspace: null, app: null, dimensions: null };
    const action = { ...detail.action, tags: null };
    const row = { ...detail, subject: { tenant: "acme", ...nothing }, action, metadata: null };
    const body = { reservations: [row, row], next_cursor: null, has_more: null };
    const { client } = await against([{ body }, { body }]);
    const expected = { ...detail, subject: { tenant: "acme" } };
    expect(await client.listReservations()).toStrictEqual({ reservations: [expected, expected] });
    const items: unknown[] = [];
    for await (const item of client.listReservations()) items.push(item);
    expect(items).toStrictEqual([expected, expected]);
  });

  it("does not end a list early or hide a balance", async () => {
    const page = { balances: [{ ...balance, debt: null, is_over_limit: null }] };
    const pages = [
      { ...page, next_cursor: "two", has_more: null },
      { ...page, next_cursor: null },
    ];
    const { client, received } = await against(pages.map((body) => ({ body })));
    const found: unknown[] = [];
    for await (const item of client.getBalances({ tenant: "acme" })) found.push(item);
    expect(found).toStrictEqual([balance, balance]);
    expect(received).toHaveLength(2);
  });

  it("does not make a successful commit fail", async () => {
    const commit = { status: "COMMITTED", charged: amount, released: null, balances: null };
    const granted = { ...reservation, caps: null, reserved: null, remaining_ttl_ms: null };
    const { client, received } = await against([{ body: granted }, { body: commit }]);
    const guard = await client.reserve(request);
    expect(await guard.commit(amount)).toMatchObject({ state: "committed", charged: amount });
    expect(received).toHaveLength(2);
  });

  it("is absent from an error, too", async () => {
    const body = { error: "NOT_FOUND", message: "no", request_id: "r", details: null };
    const { client } = await against([{ status: 404, body: { ...body, trace_id: null } }]);
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesApiError);
    expect(error).toMatchObject({ code: "NOT_FOUND", details: undefined, traceId: undefined });
    expect((error as CyclesApiError).body).toStrictEqual({
      error: "NOT_FOUND",
      message: "no",
      request_id: "r",
    });
  });
});

describe("a null is kept", () => {
  it("in free-form fields and unknown fields", async () => {
    const nulls = { a: null, b: { c: null, d: [null] } };
    const body = {
      ...detail,
      subject: { tenant: "acme", dimensions: { kept: null } },
      metadata: nulls,
      committed_metadata: nulls,
      new_field: null,
      another: { tenant: null },
    };
    const { client } = await against([{ body }]);
    expect(await client.getReservation("r")).toStrictEqual(body);
    const details = { scope: null, more: [null] };
    const refused = { error: "NEW", message: "no", request_id: "r", details };
    const { client: other } = await against([{ status: 422, body: refused }]);
    expect(await rejection(other.decide(request))).toMatchObject({ details, body: refused });
  });

  it("in an evidence envelope, because its hash covers every field", async () => {
    const envelope = whole(schemaOf("getEvidence")) as Body;
    const body = { ...envelope, trace_id: null, payload: { reserve: { x: null } }, extra: null };
    const { client } = await against([{ body }]);
    expect(await client.getEvidence("a".repeat(64))).toStrictEqual(body);
  });

  it("in a field that the contract declares nullable", async () => {
    const key = { kty: "OKP", crv: "Ed25519", x: "x", kid: "k", cycles_nbf_ms: 1 };
    const { client } = await against([
      { body: { keys: [{ ...key, cycles_exp_ms: null, alg: null }] } },
    ]);
    expect(await client.getEvidenceJwks()).toStrictEqual({
      keys: [{ ...key, cycles_exp_ms: null }],
    });
  });

  it("in the data of the raw client", async () => {
    const body = { balances: [{ ...balance, debt: null }], next_cursor: null };
    const { client } = await against([{ body }]);
    const { data } = await client.raw.GET("/v1/balances", { params: { query: {} } });
    expect(data).toEqual(body);
  });
});

describe("a null is an error", () => {
  it.each<[string, object]>([
    ["decision", { ...reservation, decision: null }],
    ["affected_scopes", { ...reservation, affected_scopes: null }],
    ["balances[0].remaining", { ...reservation, balances: [{ ...balance, remaining: null }] }],
    ["affected_scopes[0]", { ...reservation, affected_scopes: [null] }],
  ])("in the required field %s of a response", async (field, body) => {
    const { client } = await against([{ body }, { body }]);
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toContain(`${field}: must be`);
  });

  it("in an optional field of a request", async () => {
    const { client, received } = await against([]);
    const wrong = { ...request, ttl_ms: null } as unknown as typeof request;
    expect(await rejection(client.createReservation(wrong))).toMatchObject({
      code: "VALIDATION",
      issues: [{ path: "ttl_ms", message: "must be integer" }],
    });
    expect(received).toHaveLength(0);
  });
});
