import { type CyclesClient, CyclesValidationError, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { committed, detail, extended, released } from "../support/responses.js";
import { against, rejection } from "../support/server.js";

const operations: [
  string,
  string,
  object,
  (client: CyclesClient, id: string) => Promise<unknown>,
][] = [
  ["getReservation", "", detail, (c, id) => c.getReservation(id)],
  [
    "commitReservation",
    "/commit",
    committed,
    (c, id) => c.commitReservation(id, { actual: usd("0") }),
  ],
  ["releaseReservation", "/release", released, (c, id) => c.releaseReservation(id)],
  [
    "extendReservation",
    "/extend",
    extended,
    (c, id) => c.extendReservation(id, { extend_by_ms: 1 }),
  ],
];

/** Reads a reservation through the raw client. */
function raw(client: CyclesClient, id: string) {
  return client.raw.GET("/v1/reservations/{reservation_id}", {
    params: { path: { reservation_id: id } },
  });
}

const legal: [string, string][] = [
  ["a/b", "a%2Fb"],
  ["a?b", "a%3Fb"],
  ["a%b", "a%25b"],
  ["a%2Fb", "a%252Fb"],
  ["a#b", "a%23b"],
  ["../x", "..%2Fx"],
  ["...", "..."],
  ["a b", "a%20b"],
  ["ключ", "%D0%BA%D0%BB%D1%8E%D1%87"],
  ["🜚", "%F0%9F%9C%9A"],
  ["line\nbreak", "line%0Abreak"],
  [";,=:@&+$", "%3B%2C%3D%3A%40%26%2B%24"],
  ["x".repeat(128), "x".repeat(128)],
];

const unusable: [string, string][] = [
  [".", 'must not be "."'],
  ["..", 'must not be ".."'],
  ["", "reservation_id"],
  ["\ud83d", "surrogate"],
];

describe("a reservation id", () => {
  it.each(legal)("such as %j is percent-encoded by the facade", async (id, encoded) => {
    const { client, received } = await against(operations.map(([, , body]) => ({ body })));
    for (const [, , , call] of operations) await call(client, id);
    expect(received.map(({ url }) => url)).toEqual(
      operations.map(([, suffix]) => `/v1/reservations/${encoded}${suffix}`),
    );
  });

  it.each(legal)("such as %j is percent-encoded by the raw client", async (id, encoded) => {
    const { client, received } = await against([{ body: detail }]);
    await raw(client, id);
    expect(received[0]?.url).toBe(`/v1/reservations/${encoded}`);
  });

  it.each([...unusable, ["x".repeat(129), "must have at most 128 characters"] as const])(
    "such as %j is refused by every operation before anything is sent",
    async (id, why) => {
      const { client, received } = await against([]);
      for (const [, , , call] of operations) {
        const error = await rejection(call(client, id));
        expect(error).toBeInstanceOf(CyclesValidationError);
        expect((error as Error).message).toContain("reservation_id: ");
        expect((error as Error).message).toContain(why);
      }
      expect(received).toEqual([]);
    },
  );

  it.each(unusable)(
    "such as %j is refused by the raw client before anything is sent",
    async (id, why) => {
      const { client, received } = await against([]);
      const error = await rejection(raw(client, id));
      expect(error).toBeInstanceOf(CyclesValidationError);
      expect((error as Error).message).toContain("The id is not valid: reservation_id: ");
      expect((error as Error).message).toContain(why);
      expect(received).toEqual([]);
    },
  );

  it("that is missing is refused", async () => {
    const { client, received } = await against([]);
    const missing = undefined as unknown as string;
    const error = await rejection(client.getReservation(missing));
    expect(error).toBeInstanceOf(CyclesValidationError);
    expect((error as Error).message).toContain("reservation_id");
    expect(await rejection(raw(client, missing))).toBeInstanceOf(CyclesValidationError);
    expect(received).toEqual([]);
  });
});
