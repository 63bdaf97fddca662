import { CyclesClient, type EvidenceEnvelope, type EvidenceKeySet, usd } from "cycles-client";
import {
  EmbeddedCycles,
  type EmbeddedOptions,
  type EvidenceOptions,
  ManualClock,
} from "cycles-client/embedded";
import { verifyEvidence } from "cycles-client/evidence";
import { describe, expect, it } from "vitest";
import { operations } from "../../generated/operations.js";
import { cents, embedded, type ParsedResponse, rulesInUse } from "./http.js";

interface Reference {
  readonly evidence_id: string;
  readonly cycles_evidence_url: string;
}

/** An authority that signs, and what its readers can do without a key. */
function signing(
  evidence: boolean | EvidenceOptions = true,
  options: Partial<EmbeddedOptions> = {},
) {
  const scene = embedded({ evidence, ...options });
  const client = new CyclesClient({
    ...scene.authority.clientOptions("acme"),
    retry: { maxAttempts: 1 },
  });
  const envelope = async (id: string) => {
    const { body } = await scene.call("getEvidence", undefined, { key: null, id });
    return body as EvidenceEnvelope;
  };
  return {
    ...scene,
    client,
    async keys() {
      const { body } = await scene.call("getEvidenceJwks", undefined, { key: null });
      return body as EvidenceKeySet;
    },
    envelope,
    /** The evidence that a response refers to, and the verdict of a verifier that asks this server. */
    async evidenceOf({ body }: ParsedResponse) {
      const { evidence_id: id, cycles_evidence_url: url } = body.cycles_evidence as Reference;
      const found = await envelope(id);
      const verdict = await verifyEvidence(JSON.stringify(found), { client, expectedId: id });
      return { id, url, envelope: found, verdict };
    },
  };
}

async function privateKey() {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  return crypto.subtle.exportKey("jwk", privateKey);
}

describe("an authority that signs evidence", () => {
  it("records each kind of response so that the record is authentic [evidence-1]", async () => {
    const { reserve, decide, commit, release, evidenceOf } = signing();
    const first = await reserve(10, { metadata: { note: "ü 😀", "10": 1, "9": 0.1, z: null } });
    const second = await reserve(10);
    const { reservation_id: id } = first.body;
    const responses = {
      decide: await decide(10),
      reserve: first,
      commit: await commit(id, 9, { metrics: { tokens_input: 3 }, metadata: { a: [1e21, 1e-7] } }),
      release: await release(second.body.reservation_id, { reason: "not needed" }),
      error: await reserve(1_000),
    };
    for (const [artifact, response] of Object.entries(responses)) {
      const { verdict, envelope } = await evidenceOf(response);
      expect(verdict).toMatchObject({ disposition: "authentic", reasons: [], kid: "1" });
      expect(Object.keys(envelope.payload)).toEqual([artifact]);
      expect(envelope).toMatchObject({
        artifact_type: artifact,
        trace_id: response.headers.get("x-cycles-trace-id"),
      });
    }
  });

  it("records the request and the response without the members that are not attested [evidence-2]", async () => {
    const { call, reserve, commit, evidenceOf } = signing();
    const request = {
      idempotency_key: "a-key",
      subject: { tenant: "acme" },
      action: { kind: "llm.completion", name: "gpt-4o-mini" },
      estimate: cents(10),
    };
    const reserved = await call("createReservation", request);
    const { cycles_evidence: _, remaining_ttl_ms: left, ...attested } = reserved.body;
    expect(left).toBe(60_000);
    const { envelope } = await evidenceOf(reserved);
    expect(envelope.payload).toEqual({ reserve: { request, response: attested } });

    const settled = await commit(reserved.body.reservation_id, 9, { idempotency_key: "another" });
    const { cycles_evidence: __, ...response } = settled.body;
    expect((await evidenceOf(settled)).envelope.payload).toEqual({
      commit: {
        reservation_id: reserved.body.reservation_id,
        request: { idempotency_key: "another", actual: cents(9) },
        response,
      },
    });

    const denied = await reserve(1_000, { idempotency_key: "too-much" });
    const { cycles_evidence: ___, ...error } = denied.body;
    expect(error).toMatchObject({ error: "BUDGET_EXCEEDED" });
    expect((await evidenceOf(denied)).envelope.payload).toMatchObject({
      error: {
        endpoint: "POST /v1/reservations",
        http_status: 409,
        request: { idempotency_key: "too-much" },
        response: error,
      },
    });
  });

  it("records a denied decision and a denied dry run as responses, not as errors [evidence-3]", async () => {
    const { decide, reserve, evidenceOf } = signing();
    for (const response of [await decide(1_000), await reserve(1_000, { dry_run: true })]) {
      expect(response.body).toMatchObject({ decision: "DENY" });
      const { verdict, envelope } = await evidenceOf(response);
      expect(verdict.disposition).toBe("authentic");
      expect(envelope.artifact_type).not.toBe("error");
    }
  });

  it("records each denial of a settlement with its reservation [evidence-4]", async () => {
    const { authority, clock, reserve, commit, release, evidenceOf } = signing();
    const { reservation_id: done } = (await reserve(10)).body;
    await commit(done, 10);
    const { reservation_id: other } = (await reserve(10)).body;
    const { reservation_id: late } = (await reserve(10, { ttl_ms: 1_000 })).body;
    await clock.advance(10_000);
    const tokens = { actual: { unit: "TOKENS", amount: 1 } };
    const denials = {
      RESERVATION_FINALIZED: [done, await release(done)],
      RESERVATION_EXPIRED: [late, await commit(late, 1)],
      UNIT_MISMATCH: [other, await commit(other, 1, tokens)],
      TENANT_CLOSED: [other, (authority.closeTenant("acme"), await commit(other, 1))],
    } as const;
    for (const [code, [reservation_id, response]] of Object.entries(denials)) {
      const { envelope, verdict } = await evidenceOf(response);
      expect(verdict.disposition, code).toBe("authentic");
      expect(envelope.payload).toMatchObject({
        error: { http_status: response.status, reservation_id, response: { error: code } },
      });
    }
  });

  it("has no evidence of an error that decides nothing, or of another operation", async () => {
    const { reserve, commit, extend, event, get, balances } = signing();
    const { reservation_id: id } = (await reserve(10, { idempotency_key: "used" })).body;
    for (const response of [
      await reserve(10, { nonsense: 1 }),
      await reserve(10, {}, { key: "cyc_live_stolen" }),
      await reserve(10, { subject: { tenant: "b" } }),
      await reserve(11, { idempotency_key: "used" }),
      await commit("unknown", 1),
      await extend(id, 1_000),
      await event(1),
      await event(1_000),
      await balances("?tenant=acme"),
    ]) {
      expect(response.body).not.toHaveProperty("cycles_evidence");
    }
    // A repeated read is not an operation of its own either.
    expect((await get(id)).body).not.toHaveProperty("cycles_evidence");
  });

  it.each([
    ["a number beyond the range of a double", `{"n":1e400}`],
    ["half a surrogate pair", String.raw`{"t":"\ud83d"}`],
    ["half a surrogate pair in a name", String.raw`{"\\\ude00":1}`],
  ])("has no evidence of metadata with %s, which has no canonical form", async (_, metadata) => {
    const { call } = signing();
    const body = `{"idempotency_key":"k","subject":{"tenant":"acme"},"action":{"kind":"a","name":"b"},
      "estimate":{"unit":"USD_MICROCENTS","amount":1},"metadata":${metadata}}`;
    const response = await call("createReservation", body);
    expect(response.status).toBe(200);
    expect(response.body).not.toHaveProperty("cycles_evidence");
  });

  it("has evidence of metadata that only looks like half a surrogate pair", async () => {
    const { reserve, evidenceOf } = signing();
    const { verdict } = await evidenceOf(await reserve(1, { metadata: { t: "\\ud83d", u: "\\" } }));
    expect(verdict.disposition).toBe("authentic");
  });

  it("makes an envelope that no changed member passes", async () => {
    const { reserve, evidenceOf, client } = signing();
    const { envelope } = await evidenceOf(await reserve(10));
    for (const change of [
      { issued_at_ms: envelope.issued_at_ms + 1 },
      { trace_id: "0".repeat(32) },
      {
        payload: JSON.parse(JSON.stringify(envelope.payload).replace('"amount":10', '"amount":9')),
      },
      { evidence_id: "0".repeat(64) },
      { signature: "0".repeat(128) },
    ]) {
      const verdict = await verifyEvidence({ ...envelope, ...change }, { client });
      expect(verdict.disposition, JSON.stringify(change)).toBe("signature_invalid");
    }
  });
});

describe("a repeated request", () => {
  it("gets the reference of the first response, byte for byte [evidence-5]", async () => {
    const { authority, reserve, decide, commit, release } = signing();
    const reserved = await reserve(10, { idempotency_key: "r" });
    const { reservation_id: id } = reserved.body;
    const other = (await reserve(10)).body.reservation_id;
    const sent = [
      () => reserve(10, { idempotency_key: "r" }),
      () => decide(10, { idempotency_key: "d" }),
      () => commit(id, 9, { idempotency_key: "c" }),
      () => release(other, { idempotency_key: "l" }),
    ];
    for (const send of sent) {
      const [first, again] = [await send(), await send()];
      expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
      expect(again.body).toHaveProperty("cycles_evidence.evidence_id");
    }
    expect(authority.requests).toHaveLength(10);
  });

  it("gets it although the remaining time is another one [evidence-5]", async () => {
    const { clock, reserve, evidenceOf } = signing();
    const first = await reserve(10, { idempotency_key: "r" });
    await clock.advance(1_000);
    const again = await reserve(10, { idempotency_key: "r" });
    expect(again.body).toEqual({ ...first.body, remaining_ttl_ms: 59_000 });
    expect((await evidenceOf(again)).verdict.disposition).toBe("authentic");
  });
});

describe("the evidence of a reservation", () => {
  it("is in its row, and in lists that ask for it [evidence-6]", async () => {
    const { reserve, commit, release, get, list } = signing();
    const reserved = await reserve(10);
    const { reservation_id: id } = reserved.body;
    const references = { reserve: reserved.body.cycles_evidence };
    expect((await get(id)).body.evidence).toEqual(references);
    const settled = await commit(id, 9);
    const both = { ...references, commit: settled.body.cycles_evidence };
    expect((await get(id)).body.evidence).toEqual(both);
    expect((await list("?include=evidence")).body.reservations[0].evidence).toEqual(both);
    expect((await list("")).body.reservations[0]).not.toHaveProperty("evidence");

    const other = (await reserve(10)).body;
    const released = await release(other.reservation_id);
    expect((await get(other.reservation_id)).body.evidence).toEqual({
      reserve: other.cycles_evidence,
      release: released.body.cycles_evidence,
    });
  });
});

describe("the operations that publish evidence", () => {
  it("respond to anyone: the evidence may be cached forever, and the keys briefly [evidence-7]", async () => {
    const { reserve, call } = signing();
    const { cycles_evidence } = (await reserve(1)).body;
    const evidence = await call("getEvidence", undefined, {
      key: null,
      id: cycles_evidence.evidence_id,
    });
    expect(evidence.status).toBe(200);
    expect(evidence.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const keys = await call("getEvidenceJwks", undefined, { key: null });
    expect(keys.status).toBe(200);
    expect(keys.headers.get("cache-control")).toBe("public, max-age=60");
    expect(JSON.stringify(keys.body)).not.toContain('"d"');
  });

  it("return the same bytes each time, in canonical form [evidence-8]", async () => {
    const { authority, reserve } = signing();
    const { cycles_evidence } = (await reserve(1, { metadata: { "10": 1, "9": 2 } })).body;
    const path = operations.getEvidence.path.replace(/\{\w+\}/, cycles_evidence.evidence_id);
    const read = async () => (await authority.fetch(`http://x${path}`)).text();
    const text = await read();
    expect(await read()).toBe(text);
    expect(text).toMatch(
      /^{"artifact_type":"reserve","evidence_id":"[0-9a-f]{64}","issued_at_ms":/,
    );
    expect(text).toContain('"metadata":{"10":1,"9":2}');
  });

  it("respond with 404 to an id that is unknown, and with 400 to one that is not valid", async () => {
    const { call } = signing();
    expect((await call("getEvidence", undefined, { id: "a".repeat(64) })).status).toBe(404);
    expect((await call("getEvidence", undefined, { id: "A".repeat(64) })).status).toBe(400);
  });

  it("respond with 404 if the authority has no key, and no response refers to evidence", async () => {
    const { call, reserve, get } = signing(false);
    const { body } = await reserve(1);
    expect(body).not.toHaveProperty("cycles_evidence");
    expect((await get(body.reservation_id)).body).not.toHaveProperty("evidence");
    expect((await reserve(1_000)).body).not.toHaveProperty("cycles_evidence");
    const read = await call("getEvidence", undefined, { id: "a".repeat(64) });
    expect([read.status, read.body.message]).toEqual([
      404,
      "This authority does not sign evidence",
    ]);
    expect((await call("getEvidenceJwks", undefined)).status).toBe(404);
  });
});

describe("the memory of evidence", () => {
  it("ends after retentionMs", async () => {
    const { clock, decide, evidenceOf, call } = signing(true, { retentionMs: 1_000 });
    const response = await decide(1);
    const { id } = await evidenceOf(response);
    await clock.advance(1_000);
    expect((await call("getEvidence", undefined, { id })).status).toBe(200);
    await clock.advance(1);
    expect((await call("getEvidence", undefined, { id })).status).toBe(404);
  });

  it("has room for keepEnded × 1,024 characters, and gives up the oldest", async () => {
    const { decide, call } = signing(true, { keepEnded: 5 });
    const idOf = async (metadata: object) =>
      (await decide(1, { metadata })).body.cycles_evidence.evidence_id as string;
    const isKept = async (id: string) =>
      (await call("getEvidence", undefined, { id })).status === 200;
    const small = [await idOf({}), await idOf({}), await idOf({}), await idOf({}), await idOf({})];
    expect(await Promise.all(small.map(isKept))).toEqual([true, true, true, true, true]);
    const large = await idOf({ text: "x".repeat(2_000) });
    expect(await Promise.all(small.map(isKept))).toEqual([false, false, false, true, true]);
    expect(await isKept(large)).toBe(true);
  });
});

describe("a rotated key", () => {
  const serverId = "https://cycles.example.com/v1";

  it("still verifies what it signed while it was valid, and nothing later [evidence-9]", async () => {
    const old = await privateKey();
    const before = signing({ key: old, kid: "2025", serverId });
    const { envelope } = await before.evidenceOf(await before.reserve(1));
    const [active] = (await before.keys()).keys;
    if (active === undefined) throw new Error("no key");

    const end = envelope.issued_at_ms + 1;
    const retired = { ...active, cycles_exp_ms: end, status: "retired" } as const;
    const clock = new ManualClock(end);
    const after = signing({ kid: "2026", serverId, retiredKeys: [retired] }, { clock });
    const jwks = await after.keys();
    expect(jwks.keys.map(({ kid, cycles_nbf_ms }) => [kid, cycles_nbf_ms])).toEqual([
      ["2026", end],
      ["2025", 0],
    ]);
    expect(await verifyEvidence(envelope, { jwks })).toMatchObject({
      disposition: "authentic",
      kid: "2025",
    });
    const newer = await after.envelope((await after.reserve(1)).body.cycles_evidence.evidence_id);
    expect(await verifyEvidence(newer, { jwks })).toMatchObject({
      disposition: "authentic",
      kid: "2026",
    });

    // The old key went on signing.
    const late = signing({ key: old, kid: "2025", serverId }, { clock });
    const lateEvidence = await late.envelope(
      (await late.reserve(1)).body.cycles_evidence.evidence_id,
    );
    expect(await verifyEvidence(lateEvidence, { jwks })).toMatchObject({
      disposition: "signer_authority_failed",
      reasons: [{ code: "outside_key_window" }],
    });
  });

  it("that signs as bare hex is bound without a key set, and authentic with it", async () => {
    const key = await privateKey();
    const { reserve, envelope, keys } = signing({ key, signer: "hex", serverId });
    const record = await envelope((await reserve(1)).body.cycles_evidence.evidence_id);
    expect(record.signer_did).toMatch(/^[0-9a-f]{64}$/);
    expect((await verifyEvidence(record)).disposition).toBe("binding_only");
    expect((await verifyEvidence(record, { jwks: await keys() })).disposition).toBe("authentic");
  });
});

describe("the server_id", () => {
  it("is the base URL of the first socket, so that the URL of a reference can be fetched [evidence-10]", async () => {
    await using authority = new EmbeddedCycles({
      budgets: { "tenant:acme": usd("1.00") },
      evidence: true,
    });
    const server = await authority.listen();
    await authority.listen();
    const client = new CyclesClient(server.clientOptions("acme"));
    const guard = await client.reserve({
      action: { kind: "a", name: "b" },
      estimate: usd("0.10"),
    });
    const url = guard.reservation.cycles_evidence?.cycles_evidence_url ?? "";
    expect(url).toMatch(`${server.url}/v1/evidence/`);
    const text = await (await fetch(url)).text();
    expect(await verifyEvidence(text, { client })).toMatchObject({
      disposition: "authentic",
      serverId: `${server.url}/v1`,
    });
    await guard.release();
    await client.close();
  });

  it("does not change once it is in evidence", async () => {
    const { authority, reserve } = signing();
    const url = async () => (await reserve(1)).body.cycles_evidence.cycles_evidence_url as string;
    expect(await url()).toMatch("http://cycles.invalid/v1/evidence/");
    await authority.listen();
    expect(await url()).toMatch("http://cycles.invalid/v1/evidence/");
    await authority.close();
  });
});

describe("the option evidence", () => {
  const make = (evidence: EvidenceOptions) => () =>
    new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, evidence, rules: rulesInUse() });
  const x = "UZFlTIiwqh8FufmyRJtFzqf557qtOSK-WhSF16L93mM";
  const d = "0LW79kBD0agJJLmpMKzG9vfbjgEQhhMtD_N77sqgWsc";
  const publicKey = { kty: "OKP", crv: "Ed25519", x } as const;
  const key = { ...publicKey, d };
  const retired = { ...publicKey, kid: "old", cycles_nbf_ms: 0, cycles_exp_ms: 9 };

  it.each<[string, EvidenceOptions, string]>([
    ["another kind of key", { key: { kty: "RSA" } }, "kty must be OKP"],
    ["a public key", { key: publicKey }, "export the private key"],
    ["a cut key", { key: { ...key, x: x.slice(1) } }, "x must be 32 bytes"],
    ["a kid with a #", { kid: "a#b" }, "evidence.kid must have only"],
    ["an empty kid", { kid: "" }, "evidence.kid must have only"],
    ["a time that is none", { validFromMs: -1 }, "evidence.validFromMs must be a whole number"],
    ["a server_id with a slash", { serverId: "https://a.example/v1/" }, "without a slash"],
    ["a server_id that is no URL", { serverId: "acme" }, "without a slash"],
    ["hex without a key", { signer: "hex" }, "needs evidence.key"],
    ["a retired private key", { retiredKeys: [{ ...retired, d }] }, "only its public members"],
    [
      "a retired key without an end",
      { retiredKeys: [{ ...retired, cycles_exp_ms: null }] },
      "needs",
    ],
    ["a retired key that is cut", { retiredKeys: [{ ...retired, x: "" }] }, "x must be 32 bytes"],
    [
      "a retired key of another curve",
      // A file can contain anything.
      { retiredKeys: JSON.parse(JSON.stringify([{ ...retired, crv: "X25519" }])) },
      "crv must be Ed25519",
    ],
    ["two keys with one kid", { kid: "old", retiredKeys: [retired] }, "another key has the kid"],
  ])("refuses %s, and shows no private key", (_, options, message) => {
    expect(make(options)).toThrow(message);
    expect(make(options)).not.toThrow(d);
  });

  it("with a public key of another private key gives a 500 that says so", async () => {
    const { call } = signing({ key: { ...key, x: (await privateKey()).x ?? "" } });
    const { status, body } = await call("getEvidenceJwks", undefined);
    expect([status, body.error]).toEqual([500, "INTERNAL_ERROR"]);
    expect(body.message).toContain("x may not be the public key of d");
    expect(body.message).not.toContain(d);
  });
});
