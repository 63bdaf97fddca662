import { type EvidenceReasonCode, verifyEvidence } from "cycles-client/evidence";
import { describe, expect, it } from "vitest";
import { changedAt } from "./changes.js";
import { SERVER_ID } from "./records.js";
import { signedReserve } from "./signed.js";
import { didOf, type Members, withId } from "./signing.js";

const { signer, raw, resigned } = signedReserve();
const jwks = () => ({ keys: [signer().jwk("2026-01")] });

async function reasonsFor(evidence: string | object) {
  const result = await verifyEvidence(evidence, { jwks: jwks() });
  expect(result.disposition).toBe("signature_invalid");
  expect(result.trusted).toBe(false);
  return result.reasons;
}

/** The record's text with the number at the issue time replaced. */
const withIssueTime = (record: Members, number: string) =>
  JSON.stringify(record).replace(/"issued_at_ms":[^,]+/, `"issued_at_ms":${number}`);

describe("text that cannot be read without doubt", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  it.each<[string, string, EvidenceReasonCode]>([
    ["is not JSON", "{", "not_json"],
    ["is empty", "", "not_json"],
    ["has a comment", '{"a": 1} // b', "not_json"],
    ["is too large", `"${"x".repeat(4 * 2 ** 20)}"`, "too_large"],
    ["is nested too deeply", nested(105), "too_deep"],
    ["is nested so deeply that parsers overflow", nested(2 ** 20), "too_deep"],
    ["has a member twice", '{"a":1,"a":1}', "duplicate_member"],
    ["has a member in two spellings", '{"a":1,"\\u0061":1}', "duplicate_member"],
    ["has a member twice in a list", '{"l":[{"b":[]},{"b":[],"b":{}}]}', "duplicate_member"],
    ["has an empty name twice", '{"":1,"":2}', "duplicate_member"],
    ["has __proto__ twice", '{"__proto__":1,"__proto__":2}', "duplicate_member"],
    ["has a name with a quote twice", '{"a\\"":1,"a\\u0022":2}', "duplicate_member"],
    ["has half a surrogate pair", '{"a":"\\ud83e"}', "invalid_text"],
    ["has half a surrogate pair in a name", '{"\\udd19":1}', "invalid_text"],
    ["has a number that a double rounds", '{"a":9007199254740993}', "inexact_number"],
    ["has a fraction that a double rounds", '{"a":0.10000000000000000001}', "inexact_number"],
    ["has a number beyond all doubles", '{"a":1e400}', "inexact_number"],
    ["has a number below all doubles", '{"a":[-1e-400]}', "inexact_number"],
    ["is a list", "[]", "invalid_member"],
    ["is a number", "1", "invalid_member"],
    ["is null", "null", "invalid_member"],
  ])("%s", async (_name, text, code) => {
    expect(await reasonsFor(text)).toMatchObject([{ code }]);
  });

  it("names the member", async () => {
    expect(await reasonsFor('{"a/b":[1,{"c":1, "c":2}]}')).toEqual([
      {
        code: "duplicate_member",
        message: "The member /a~1b/1/c occurs twice, so that readers may disagree on its value.",
        path: "/a~1b/1/c",
      },
    ]);
  });

  it("is not text in which two objects have the same member, or a value looks like a name", async () => {
    expect(await reasonsFor('{"a":{"a":"a"},"b":{"a":["a","a"]}}')).not.toMatchObject([
      { code: "duplicate_member" },
    ]);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("an object that is not JSON", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  it.each<[string, object, EvidenceReasonCode]>([
    ["has an undefined item", { a: [undefined] }, "not_json"],
    ["has a function", { toJSON: () => ({}) }, "not_json"],
    ["has a bigint", { a: 1n }, "not_json"],
    ["has a Date", { a: new Date(0) }, "not_json"],
    ["is a Map", new Map(), "not_json"],
    ["has a hole", { a: new Array(1) }, "not_json"],
    ["has no finite number", { a: NaN }, "not_json"],
    ["contains itself", circle, "too_deep"],
    ["is too large", { a: "x".repeat(4 * 2 ** 20) }, "too_large"],
    [
      "has a getter that throws",
      {
        a: {
          get b(): unknown {
            throw new Error("no");
          },
        },
      },
      "not_json",
    ],
    ["has a proxy that was revoked", { a: revoked() }, "not_json"],
  ])("%s", async (_name, value, code) => {
    expect(await reasonsFor(value)).toMatchObject([{ code }]);
  });
});

it("an undefined member of an object is an absent one", async () => {
  const record = { ...raw(), extra: undefined };
  expect(await verifyEvidence(record, { jwks: jwks() })).toMatchObject({
    disposition: "authentic",
  });
});

describe("numbers", () => {
  it("have the hash of their value, however they are written", async () => {
    const record = await resigned({ issued_at_ms: 1_000 });
    for (const number of ["1000", "1000.0", "1e3", "10E+2", "0.1e4"]) {
      const result = await verifyEvidence(withIssueTime(record, number), { jwks: jwks() });
      expect(result, number).toMatchObject({ disposition: "authentic", issuedAtMs: 1_000 });
    }
    expect(await reasonsFor(withIssueTime(record, "1001"))).toMatchObject([
      { code: "evidence_id_mismatch" },
    ]);
  });

  it("of zero have no sign", async () => {
    const record = await resigned({ issued_at_ms: 0 });
    const result = await verifyEvidence(withIssueTime(record, "-0"), { jwks: jwks() });
    expect(result).toMatchObject({ disposition: "authentic", issuedAtMs: 0 });
    expect(result.envelope?.issued_at_ms).toBe(0);
  });

  it("beyond 2^53 are valid if a double holds them exactly", async () => {
    const record = await resigned({ issued_at_ms: 2 ** 53 + 2 });
    const text = withIssueTime(record, "9007199254740994");
    expect(await verifyEvidence(text)).toMatchObject({ disposition: "binding_only" });
    expect(await reasonsFor(withIssueTime(record, "9007199254740995"))).toMatchObject([
      { code: "inexact_number", path: "/issued_at_ms" },
    ]);
  });
});

describe("a record that is signed, but is no record of the specification", () => {
  const payload = () => raw()["payload"] as Members;
  it.each<[string, () => Members, EvidenceReasonCode, string]>([
    [
      "has another version",
      () => ({ schema_version: "cycles-evidence/v0.2" }),
      "unknown_schema_version",
      "/schema_version",
    ],
    ["has an unknown member", () => ({ extra: 1 }), "unknown_member", "/extra"],
    ["has an unknown member that is null", () => ({ extra: null }), "unknown_member", "/extra"],
    [
      "has a member called __proto__",
      () => JSON.parse('{"__proto__":1}') as Members,
      "unknown_member",
      "/__proto__",
    ],
    ["has a null for its trace", () => ({ trace_id: null }), "invalid_member", "/trace_id"],
    [
      "has an upper-case trace",
      () => ({ trace_id: "A".repeat(32) }),
      "invalid_member",
      "/trace_id",
    ],
    ["has a negative issue time", () => ({ issued_at_ms: -1 }), "invalid_member", "/issued_at_ms"],
    [
      "has a fraction as its issue time",
      () => ({ issued_at_ms: 1.5 }),
      "invalid_member",
      "/issued_at_ms",
    ],
    [
      "has another type than its payload",
      () => ({ artifact_type: "commit" }),
      "payload_mismatch",
      "/payload",
    ],
    [
      "has an unknown type",
      () => ({ artifact_type: "expire" }),
      "invalid_member",
      "/artifact_type",
    ],
    ["has no payload", () => ({ payload: {} }), "payload_mismatch", "/payload"],
    [
      "has a second payload that is null",
      () => ({ payload: { ...payload(), commit: null } }),
      "payload_mismatch",
      "/payload",
    ],
    [
      "has a payload of another type",
      () => ({ payload: { commit: payload()["reserve"] } }),
      "payload_mismatch",
      "/payload",
    ],
  ])("%s", async (_name, more, code, path) => {
    expect((await reasonsFor(await resigned(more())))[0]).toMatchObject({ code, path });
  });

  it.each<[string, string, unknown, EvidenceReasonCode, string?]>([
    [
      "attests its own reference",
      "response/cycles_evidence",
      { evidence_id: "0".repeat(64), cycles_evidence_url: "https://a.example" },
      "invalid_member",
      "response",
    ],
    ["attests the remaining lease", "response/remaining_ttl_ms", 1, "invalid_member", "response"],
    ["has a field that the protocol has not", "response/added", 1, "unknown_member"],
    ["has a null in place of an absent field", "response/caps", null, "invalid_member", "response"],
    ["has caps without the decision for them", "response/caps", {}, "invalid_member", "response"],
    [
      "is a denial of a live reserve",
      "response/decision",
      "DENY",
      "invalid_member",
      "response/decision",
    ],
    [
      "is a live reserve without a reservation",
      "response/reservation_id",
      undefined,
      "missing_member",
    ],
    ["is a dry run with a reservation", "request/dry_run", true, "invalid_member", "response"],
    [
      "has a subject without a level",
      "request/subject",
      { dimensions: {} },
      "missing_member",
      "request/subject/tenant",
    ],
    ["has a negative amount", "request/estimate/amount", -1, "invalid_member"],
  ])("%s", async (_name, place, value, code, found = place) => {
    const path = `/payload/reserve/${place}`;
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const record = await signer().sign(
      changedAt(raw(), path.slice(0, slash), (old) => {
        const { [name]: _old, ...rest } = old as Members;
        return value === undefined ? rest : { ...rest, [name]: value };
      }),
    );
    const reasons = await reasonsFor(record);
    expect(reasons.map(({ code, path }) => `${code} ${path ?? ""}`)).toContain(
      `${code} /payload/reserve/${found}`,
    );
  });

  it.each([
    "schema_version",
    "artifact_type",
    "server_id",
    "signer_did",
    "issued_at_ms",
    "payload",
    "evidence_id",
    "signature",
  ])("has no %s", async (name) => {
    const { [name]: _removed, ...rest } = raw();
    expect(await reasonsFor(rest)).toMatchObject([{ code: "missing_member", path: `/${name}` }]);
  });
});

describe("the encoding of", () => {
  const upper = (text: unknown) => String(text).toUpperCase();
  const base64 = (text: unknown) => Buffer.from(String(text), "hex").toString("base64");
  it.each<[string, string, (text: unknown) => unknown]>([
    ["an id in upper case", "evidence_id", upper],
    ["an id in base64", "evidence_id", base64],
    ["an id with white space", "evidence_id", (text) => `${String(text)} `],
    ["an id that is empty", "evidence_id", () => ""],
    ["a signature in upper case", "signature", upper],
    ["a signature in base64", "signature", base64],
    ["a signature that is too short", "signature", (text) => String(text).slice(2)],
    ["a signature with 0x", "signature", (text) => `0x${String(text).slice(2)}`],
    ["a signature that is empty", "signature", () => ""],
    ["a signature that is null", "signature", () => null],
  ])("%s is not valid", async (_name, member, change) => {
    const record = { ...raw(), [member]: change(raw()[member]) };
    expect((await reasonsFor(record))[0]).toMatchObject({
      code: "invalid_member",
      path: `/${member}`,
    });
  });

  it.each<[string, () => string]>([
    ["a public key in upper case", () => signer().hex.toUpperCase()],
    ["a public key in base64url", () => Buffer.from(signer().hex, "hex").toString("base64url")],
    ["a public key that is too short", () => signer().hex.slice(2)],
    ["a did:cycles without a kid", () => didOf(SERVER_ID, "")],
    ["a did:cycles without a fragment", () => didOf(SERVER_ID, "").slice(0, -1)],
    ["another DID method", () => "did:web:cycles.example.com"],
    ["a DID method in upper case", () => didOf(SERVER_ID, "2026-01").replace("did", "DID")],
    ["nothing", () => ""],
  ])("a signer that is %s cannot be resolved", async (_name, did) => {
    const record = await resigned({ signer_did: did() });
    expect(await verifyEvidence(record, { jwks: jwks() })).toMatchObject({
      disposition: "signer_resolution_failed",
      trusted: false,
      reasons: [{ code: "unsupported_signer", path: "/signer_did" }],
    });
  });
});

describe("a forged record", () => {
  it("has the hash of another content", async () => {
    expect(await reasonsFor({ ...raw(), server_id: "https://evil.example/v1" })).toMatchObject([
      { code: "evidence_id_mismatch", path: "/evidence_id" },
    ]);
  });

  it("has its own hash and the signature of another content", async () => {
    expect(
      await reasonsFor(withId({ ...raw(), server_id: "https://evil.example/v1" })),
    ).toMatchObject([{ code: "signature_mismatch", path: "/signature" }]);
  });

  it("has a key that is no point of the curve", async () => {
    expect(await reasonsFor(await resigned({ signer_did: "ff".repeat(32) }))).toMatchObject([
      { code: "signature_mismatch" },
    ]);
  });

  it("is a genuine record, but not the one that was asked for", async () => {
    const expectedId = "0".repeat(64);
    expect(await verifyEvidence(raw(), { jwks: jwks(), expectedId })).toMatchObject({
      disposition: "signature_invalid",
      trusted: false,
      reasons: [{ code: "unexpected_evidence_id" }],
    });
    const id = String(raw()["evidence_id"]);
    expect(await verifyEvidence(raw(), { jwks: jwks(), expectedId: id })).toMatchObject({
      disposition: "authentic",
    });
  });

  it("cannot be made of a genuine object during its verification", async () => {
    const record = { ...raw() };
    const pending = verifyEvidence(record, { jwks: jwks() });
    record["server_id"] = "https://evil.example/v1";
    const { disposition, serverId, envelope } = await pending;
    expect({ disposition, serverId }).toEqual({ disposition: "authentic", serverId: SERVER_ID });
    expect(envelope?.server_id).toBe(SERVER_ID);
  });
});
