import { type Journal, usd } from "cycles-client";
import { expect, it } from "vitest";
import { budgeted } from "../../support/budgeted.js";
import { request } from "../../support/responses.js";

/** Writes compact JSON as Python's `json.dumps` does. */
const asPython = (compact: string) =>
  compact.replaceAll('":', '": ').replaceAll(',"', ', "').replaceAll("é", "\\u00e9");

it("a spend of the Python client is sent as compact UTF-8, and its record is set aside unchanged", async () => {
  const aside: string[] = [];
  const records = new Map<string, string>();
  const journal: Journal = {
    put: (id, record) => void records.set(id, record),
    remove: (id) => void records.delete(id),
    list: () => [...records].map(([reservationId, record]) => ({ reservationId, record })),
    setAside: (id, record) => {
      aside.push(record);
      records.delete(id);
    },
  };
  const { authority, client, fail, sent } = budgeted({ journal });
  const { baseUrl } = authority.clientOptions("acme");
  const actual = JSON.stringify(usd("0.10"));
  const { id } = await client.reserve(request, { heartbeat: false });
  const body = `{"idempotency_key":"k","actual":${actual},"metadata":{"café":[1.0,"é"]}}`;
  const record = asPython(
    `{"version":1,"reservation_id":"${id}","base_url":"${baseUrl}","mode":"commit","commit_body":${body}` +
      `,"event_fallback_body":null,"recorded_at_ms":1700000000000,"not_before_ms":null}`,
  );
  records.set(id, record);
  const refused = { error: "BUDGET_EXCEEDED", message: "m", request_id: "r" };
  fail("commit", { status: 409, body: refused });
  expect(await client.recover()).toMatchObject({ found: 1, setAside: 1 });
  expect(sent("commit").map((request) => request.body)).toEqual([body]);
  expect(aside).toEqual([record]);
});
