import { beforeAll } from "vitest";
import { SERVER_ID, unsignedRecords } from "./records.js";
import { didOf, type Members, Signer } from "./signing.js";

/** Two records of one reserve, one for each form of a signer, and the key that signed them. */
export function signedReserve() {
  const scene: { signer?: Signer; raw?: Members; did?: Members } = {};
  beforeAll(async () => {
    const signer = await Signer.create();
    const { reserve = {} } = await unsignedRecords(signer.hex);
    scene.signer = signer;
    scene.raw = await signer.sign(reserve);
    scene.did = await signer.sign({ ...reserve, signer_did: didOf(SERVER_ID, "2026-01") });
  });
  const made = <Name extends keyof typeof scene>(name: Name) => {
    const part = scene[name];
    if (part === undefined) throw new Error("the records are made before the first test");
    return part;
  };
  return {
    signer: () => made("signer"),
    /** Signed by a public key in hex. */
    raw: () => made("raw"),
    /** Signed by a `did:cycles` with the kid `2026-01`. */
    did: () => made("did"),
    /** The record with other members, signed again. */
    resigned: (more: Members) => made("signer").sign({ ...made("raw"), ...more }),
  };
}
