import {
  type EvidenceDisposition,
  type EvidenceReasonCode,
  verifyEvidence,
} from "cycles-client/evidence";
import { describe, expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { ISSUED_AT, SERVER_ID } from "./records.js";
import { signedReserve } from "./signed.js";
import { didOf, type Jwk, Signer } from "./signing.js";

const { signer, raw, did, resigned } = signedReserve();

type KeySet = (key: Jwk, other: Jwk) => readonly unknown[];
type Expected = "authentic" | EvidenceReasonCode;

describe("a key set with", () => {
  const of = (...keys: Partial<Record<keyof Jwk | "alg" | "status", unknown>>[]): KeySet => {
    return (key) => keys.map((more) => ({ ...key, ...more }));
  };
  // For each key set: what it means for a public key in hex, and for a did:cycles.
  it.each<[string, KeySet, Expected, Expected]>([
    ["the key", of({}), "authentic", "authentic"],
    ["the key and another", (key, other) => [other, key], "authentic", "authentic"],
    [
      "the key, which is now retired",
      of({ cycles_exp_ms: ISSUED_AT + 1, status: "retired" }),
      "authentic",
      "authentic",
    ],
    ["the key with a status that is not known", of({ status: "lost" }), "authentic", "authentic"],
    ["the key without an end that is null", of({ cycles_exp_ms: null }), "authentic", "authentic"],
    [
      "the key from the moment of the issue on",
      of({ cycles_nbf_ms: ISSUED_AT }),
      "authentic",
      "authentic",
    ],
    [
      "the key from a moment after it on",
      of({ cycles_nbf_ms: ISSUED_AT + 1 }),
      "outside_key_window",
      "outside_key_window",
    ],
    [
      "the key until the moment of the issue",
      of({ cycles_exp_ms: ISSUED_AT }),
      "outside_key_window",
      "outside_key_window",
    ],
    [
      "the key in a window that ends before it begins",
      of({ cycles_nbf_ms: 9, cycles_exp_ms: 8 }),
      "outside_key_window",
      "outside_key_window",
    ],
    [
      "an active key of another window",
      of({ cycles_nbf_ms: ISSUED_AT + 1, status: "active" }),
      "outside_key_window",
      "outside_key_window",
    ],
    ["the key with its algorithm", of({ alg: "EdDSA" }), "authentic", "authentic"],
    [
      "the key with members that are not known",
      of({ ["use" as "alg"]: "sig" }),
      "authentic",
      "authentic",
    ],
    ["a kid twice", of({}, {}), "duplicate_kid", "duplicate_kid"],
    [
      "a kid twice, of which one key is out of its window",
      of({}, { cycles_exp_ms: 1 }),
      "duplicate_kid",
      "duplicate_kid",
    ],
    [
      "a kid twice, of which one key cannot be used",
      of({}, { kty: "RSA" }),
      "duplicate_kid",
      "duplicate_kid",
    ],
    [
      "the kid of other keys twice",
      (key, other) => [key, other, other],
      "duplicate_kid",
      "duplicate_kid",
    ],
    ["the key twice, by two names", of({}, { kid: "b" }), "ambiguous_key", "authentic"],
    [
      "the key by two names, one after the other",
      of({ cycles_exp_ms: ISSUED_AT }, { kid: "b", cycles_nbf_ms: ISSUED_AT }),
      "authentic",
      "outside_key_window",
    ],
    ["the key by another name", of({ kid: "2026-02" }), "authentic", "unknown_key"],
    [
      "another key by its name",
      (_key, other) => [{ ...other, kid: "2026-01" }],
      "unknown_key",
      "signature_mismatch",
    ],
    [
      "another key by its name, out of its window",
      (_key, other) => [{ ...other, kid: "2026-01", cycles_exp_ms: 1 }],
      "unknown_key",
      "signature_mismatch",
    ],
    ["no key", of(), "unknown_key", "unknown_key"],
    ["values that are no keys", () => [null, 1, "key", []], "unknown_key", "unknown_key"],
    ["a key of another type", of({ kty: "EC" }), "unknown_key", "unusable_key"],
    ["a key of another curve", of({ crv: "X25519" }), "unknown_key", "unusable_key"],
    ["a key for another algorithm", of({ alg: "ES256" }), "unknown_key", "unusable_key"],
    ["a key whose algorithm is null", of({ alg: null }), "unknown_key", "unusable_key"],
    ["a key without a start", of({ cycles_nbf_ms: undefined }), "unknown_key", "unusable_key"],
    ["a key whose start is text", of({ cycles_nbf_ms: "0" }), "unknown_key", "unusable_key"],
    ["a key whose start is null", of({ cycles_nbf_ms: null }), "unknown_key", "unusable_key"],
    ["a key whose end is text", of({ cycles_exp_ms: "9" }), "unknown_key", "unusable_key"],
    ["a key without a name", of({ kid: null }), "unknown_key", "unknown_key"],
    [
      "a key with padding",
      ({ x, ...key }) => [{ ...key, x: `${x}=` }],
      "unknown_key",
      "unusable_key",
    ],
    [
      "a key in base64",
      ({ x, ...key }) => [{ ...key, x: `${x.slice(0, -2)}+/` }],
      "unknown_key",
      "unusable_key",
    ],
    [
      "a key with bits that no byte has",
      ({ x, ...key }) => [{ ...key, x: `${x.slice(0, -1)}${nextLetter(x)}` }],
      "unknown_key",
      "unusable_key",
    ],
    [
      "a key that is too short",
      ({ x, ...key }) => [{ ...key, x: x.slice(0, 42) }],
      "unknown_key",
      "unusable_key",
    ],
    ["a key without bytes", of({ x: 1 }), "unknown_key", "unusable_key"],
    [
      "a key that cannot be used beside the key",
      (key, other) => [key, { ...other, x: "" }],
      "authentic",
      "authentic",
    ],
  ])("%s", async (_name, keysOf, forHex, forDid) => {
    const jwks = { keys: keysOf(signer().jwk("2026-01"), (await Signer.create()).jwk("2020")) };
    for (const [record, expected] of [
      [raw(), forHex],
      [did(), forDid],
    ] as const) {
      const result = await verifyEvidence(record, { jwks: jwks as { keys: object[] } });
      expect(summary(result)).toEqual(meaning(expected));
    }
  });

  it.each<[string, string]>([
    ["is not JSON", "<html>"],
    ["is empty", ""],
    ["is a list", "[]"],
    ["is null", "null"],
    ["has no keys", "{}"],
    ["has keys that are no list", '{"keys":{}}'],
    ["has its keys twice", '{"keys":[],"keys":[]}'],
    ["has a member of a key twice", '{"keys":[{"kid":"a","kid":"b"}]}'],
  ])("text that %s is no key set", async (_name, jwks) => {
    for (const record of [raw(), did()]) {
      const result = await verifyEvidence(record, { jwks });
      expect(summary(result)).toEqual(["signer_resolution_failed", "key_set_invalid"]);
    }
  });

  it("members that are not known, as text, is a key set", async () => {
    const jwks = JSON.stringify({ version: null, keys: [signer().jwk("2026-01")] });
    expect(await verifyEvidence(did(), { jwks })).toMatchObject({ disposition: "authentic" });
  });
});

describe("without a key set", () => {
  it("a public key in hex shows only that the record was signed by it", async () => {
    const result = await verifyEvidence(raw());
    expect(summary(result)).toEqual(["binding_only", "no_key_set"]);
    expect(result).toMatchObject({ trusted: false, kid: undefined, signer: signer().hex });
    expect(result.signerPinMatched).toBeUndefined();
  });

  it("the key of a did:cycles is not known, so nothing is shown", async () => {
    const result = await verifyEvidence(did());
    expect(summary(result)).toEqual(["signer_resolution_failed", "no_key_set"]);
    expect(result).toMatchObject({ trusted: false, kid: "2026-01" });
  });
});

describe("a did:cycles", () => {
  const jwks = () => ({ keys: [signer().jwk("2026-01"), signer().jwk("a#b")] });

  it.each([
    ["of another server", () => didOf("https://other.example/v1", "2026-01")],
    ["of the server with a slash", () => didOf(`${SERVER_ID}/`, "2026-01")],
    [
      "whose hash is in upper case",
      () => didOf(SERVER_ID, "").toUpperCase().replace("DID:CYCLES", "did:cycles") + "2026-01",
    ],
    ["without a hash", () => "did:cycles:#2026-01"],
  ])("%s is not bound to the record's server", async (_name, signer_did) => {
    const record = await resigned({ signer_did: signer_did() });
    for (const options of [{ jwks: jwks() }, {}]) {
      const result = await verifyEvidence(record, options);
      expect(summary(result)).toEqual(["signer_authority_failed", "signer_not_bound"]);
    }
  });

  it("names a key by everything after the first #", async () => {
    const record = await resigned({ signer_did: didOf(SERVER_ID, "a#b") });
    const result = await verifyEvidence(record, { jwks: jwks() });
    expect(result).toMatchObject({ disposition: "authentic", kid: "a#b" });
  });
});

describe("an expected signer", () => {
  it.each<[string, boolean, boolean, EvidenceDisposition, boolean]>([
    ["that matches, with a key set", true, true, "authentic", true],
    ["that does not match, with a key set", false, true, "authentic", false],
    ["that matches, without a key set", true, false, "binding_only", true],
    ["that does not match, without a key set", false, false, "binding_only", false],
  ])("%s", async (_name, matches, hasKeys, disposition, trusted) => {
    const expectedSigner = matches ? signer().hex : (await Signer.create()).hex;
    const jwks = { keys: [signer().jwk("2026-01")] };
    const result = await verifyEvidence(raw(), { expectedSigner, ...(hasKeys && { jwks }) });
    expect(result).toMatchObject({ disposition, trusted, signerPinMatched: matches });
    const codes = result.reasons.map(({ code }) => code);
    expect(codes.includes("signer_pin_mismatch")).toBe(!matches);
  });

  it("does not make a record trusted whose signature or signer fails", async () => {
    const expectedSigner = signer().hex;
    const forged = { ...raw(), signature: "0".repeat(128) };
    for (const [record, jwks] of [
      [forged, undefined],
      [raw(), { keys: [] }],
    ] as const) {
      const result = await verifyEvidence(record, { expectedSigner, ...(jwks && { jwks }) });
      expect(result).toMatchObject({ trusted: false, signerPinMatched: true });
    }
  });
});

describe("the server of a key set", () => {
  it("is the one that the record names, unless you say which one", async () => {
    const jwks = { keys: [signer().jwk("2026-01")] };
    expect(summary(await verifyEvidence(raw(), { jwks, serverId: SERVER_ID }))).toEqual([
      "authentic",
    ]);
    for (const serverId of [`${SERVER_ID}/`, "https://other.example/v1"]) {
      const options = { jwks, serverId };
      expect(summary(await verifyEvidence(raw(), options))).toEqual([
        "binding_only",
        "other_server",
      ]);
      expect(summary(await verifyEvidence(did(), options))).toEqual([
        "signer_resolution_failed",
        "other_server",
      ]);
    }
  });
});

describe("an option that cannot be used", () => {
  it.each<[string, object | null, RegExp]>([
    ["is null", null, /options must be an object/],
    ["is no text", { expectedSigner: null }, /expectedSigner must be text, not null/],
    ["is a number", { expectedId: 7 }, /expectedId must be text, not number/],
    ["is a URL", { serverId: new URL("https://x.test") }, /serverId must be text, not object/],
    ["is no client", { client: {} }, /client must be a CyclesClient/],
    ["is not known", { expectedSigners: "x" }, /no option "expectedSigners"/],
    ["contradicts another", { jwks: "", client: {} }, /either jwks or client/],
  ])("throws if it %s", async (_name, options, message) => {
    const verify = verifyEvidence as (evidence: object, options: object | null) => Promise<unknown>;
    const error = await rejection(verify(raw(), options));
    expect(error).toMatchObject({
      name: "CyclesConfigError",
      message: expect.stringMatching(message),
    });
  });
});

function summary({ disposition, reasons }: Awaited<ReturnType<typeof verifyEvidence>>) {
  return [disposition, ...reasons.map(({ code }) => code)];
}

function meaning(expected: Expected): readonly string[] {
  if (expected === "authentic") return [expected];
  if (expected === "signature_mismatch") return ["signature_invalid", expected];
  if (expected === "key_set_invalid") return ["signer_resolution_failed", expected];
  return ["signer_authority_failed", expected];
}

/** Another last letter of base64url for the same bytes: it differs in a bit that is not used. */
function nextLetter(text: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return letters.charAt(letters.indexOf(text.slice(-1)) ^ 1);
}
