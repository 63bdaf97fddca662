import canonicalize from "canonicalize";
import { verifyEvidence } from "cycles-client/evidence";
import { expect, it } from "vitest";

const canonical = canonicalize as unknown as (value: unknown) => string;

it("first", async () => {
  const { publicKey, privateKey } = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const hex = Buffer.from(raw).toString("hex");
  const envelope = {
    schema_version: "cycles-evidence/v0.1",
    artifact_type: "decide",
    server_id: "https://a.example/v1",
    signer_did: hex,
    issued_at_ms: 1,
    payload: { decide: { request: {}, response: {} } },
    evidence_id: "",
    signature: "",
  };
  envelope.evidence_id = Buffer.from(
    await crypto.subtle.digest("SHA-256", Buffer.from(canonical(envelope))),
  ).toString("hex");
  envelope.signature = Buffer.from(
    await crypto.subtle.sign("Ed25519", privateKey, Buffer.from(canonical(envelope))),
  ).toString("hex");
  expect(await verifyEvidence(JSON.stringify(envelope))).toMatchObject({
    disposition: "binding_only",
    trusted: false,
  });
  const jwks = {
    keys: [
      {
        kty: "OKP" as const,
        crv: "Ed25519" as const,
        kid: "k",
        cycles_nbf_ms: 0,
        x: Buffer.from(raw).toString("base64url"),
      },
    ],
  };
  expect(await verifyEvidence(envelope, { jwks })).toMatchObject({
    disposition: "authentic",
    kid: "k",
  });
  expect(await verifyEvidence({ ...envelope, trace_id: null }, { jwks })).toMatchObject({
    disposition: "signature_invalid",
  });
});
