import { describe, expect, it } from "vitest";
import { embedded } from "./http.js";

describe("authority.requests", () => {
  it("keeps all requests in the order in which they arrived, understood or not", async () => {
    const { authority, reserve, get } = embedded();
    const { body } = await reserve(30, { idempotency_key: "k" }, { headers: { "X-Team": "a" } });
    await get("nobody");
    await authority.fetch("http://x/nowhere", { method: "PUT", body: "{" });
    expect(authority.requests).toMatchObject([
      { operation: "createReservation", tenant: "acme", status: 200, response: body, faults: [] },
      { operation: "getReservation", status: 404, body: "", request: undefined },
      { operation: undefined, method: "PUT", target: "/nowhere", body: "", status: 404 },
    ]);
    const [first] = authority.requests;
    expect(first?.headers).toMatchObject({ "x-team": "a", "content-type": "application/json" });
    expect(JSON.parse(first?.body ?? "")).toEqual(first?.request);
  });

  it("has no body of a request that is refused because of its path, its key or a rate limit", async () => {
    const { authority, reserve, event } = embedded({ rateLimit: { requests: 1, windowMs: 1_000 } });
    await event(1);
    await event(2);
    await reserve(1, {}, { key: "cyc_live_wrong" });
    await authority.fetch("http://x/nowhere", { method: "POST", body: "{}" });
    expect(authority.requests.map(({ status, body }) => [status, body !== ""])).toEqual([
      [201, true],
      [429, false],
      [401, false],
      [404, false],
    ]);
  });

  it("keeps as many of the last requests as the option says", async () => {
    const { authority, get } = embedded({ keepRequests: 3 });
    for (const id of ["a", "b", "c", "d", "e", "f", "g"]) await get(id);
    expect(authority.requests.map(({ target }) => target.at(-1))).toEqual(["e", "f", "g"]);
    authority.clearRequests();
    expect(authority.requests).toEqual([]);
  });

  it("keeps as many bytes of the last requests as the option says, responses included", async () => {
    const { authority, event, list } = embedded({ keepRequestBytes: 20_000 });
    for (const id of ["a", "b", "c"]) {
      await event(1, { idempotency_key: id, metadata: { text: "x".repeat(9_000) } });
    }
    expect(authority.requests.map(({ request }) => request)).toMatchObject([
      { idempotency_key: "b" },
      { idempotency_key: "c" },
    ]);
    await event(1, { metadata: { text: "x".repeat(20_001) } });
    expect(authority.requests).toEqual([]);
    await list();
    expect(authority.requests).toHaveLength(1);
  });

  it("keeps none if the option is 0", async () => {
    const { authority, get } = embedded({ keepRequests: 0 });
    await get("a");
    expect(authority.requests).toEqual([]);
  });
});
