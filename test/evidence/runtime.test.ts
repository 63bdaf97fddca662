import { CyclesConfigError } from "cycles-client";
import { verifyEvidence } from "cycles-client/evidence";
import { describe, expect, it, vi } from "vitest";
import { signedReserve } from "./signed.js";

const { raw, signer } = signedReserve();

describe("a runtime without", () => {
  it("Ed25519 is told so, and no record is called invalid", async () => {
    const { importKey } = crypto.subtle;
    const spy = vi.spyOn(crypto.subtle, "importKey");
    spy.mockRejectedValue(new DOMException("Unrecognized name.", "NotSupportedError"));
    try {
      const error: unknown = await verifyEvidence(raw()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CyclesConfigError);
      expect(String(error)).toContain("has no Ed25519");
    } finally {
      spy.mockRestore();
    }
    expect(crypto.subtle.importKey).toBe(importKey);
  });

  it("WebCrypto, such as an insecure page, is told so", async () => {
    vi.stubGlobal("crypto", {});
    try {
      await expect(verifyEvidence(raw())).rejects.toThrow("has no WebCrypto");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("a record of four megabytes", () => {
  it("is verified, and a change in it is found", async () => {
    const payload = { reserve: { ...(raw()["payload"] as { reserve: object }).reserve } };
    const request = Reflect.get(payload.reserve, "request") as object;
    const metadata = { list: Array.from({ length: 500_000 }, (_, index) => index % 10), last: 1 };
    Reflect.set(payload.reserve, "request", { ...request, metadata });
    const text = JSON.stringify(await signer().sign({ ...raw(), payload }));
    expect(await verifyEvidence(text)).toMatchObject({ disposition: "binding_only" });
    const changed = text.replace('"last":1', '"last":2');
    expect(await verifyEvidence(changed)).toMatchObject({ disposition: "signature_invalid" });
  });
});
