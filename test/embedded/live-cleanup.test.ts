import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { LiveReservations } from "../live/reservations.js";
import { budgeted } from "../support/budgeted.js";

const request = { action: { kind: "test.live", name: "live-1" }, estimate: usd("0.10") };
const spent = { kind: "test.live", name: "another run" };

function world() {
  const reservations = new LiveReservations("live-1");
  const { client, authority, reserved } = budgeted({
    onNotice: reservations.onNotice,
    maxRetries: 0,
  });
  const create = async () =>
    reservations.add((await client.createReservation(request)).reservation_id);
  return { reservations, client, authority, reserved, create };
}

describe("the live tests clean up", () => {
  it("guards, reservations, and reservations whose response was lost", async () => {
    const { reservations, client, authority, reserved, create } = world();
    await create();
    await client.reserve(request, { heartbeat: false });
    authority.faults.on("createReservation").drop("after");
    const lost = client.createReservation(request, { maxRetries: 0 });
    await expect(lost).rejects.toMatchObject({ code: "CONNECTION" });
    expect(reserved()).toBeGreaterThan(0);
    await reservations.release(client);
    expect(reserved()).toBe(0);
  });

  it("even if the list fails", async () => {
    const { reservations, client, authority, reserved, create } = world();
    await create();
    await client.reserve(request, { heartbeat: false });
    authority.faults.on("listReservations").respond(500);
    await expect(reservations.release(client)).rejects.toThrow("live-1 left reservations");
    expect(reserved()).toBe(0);
  });

  it("even if one release fails, and names the reservation that is left", async () => {
    const { reservations, client, authority, reserved, create } = world();
    const first = await create();
    await create();
    authority.faults.on("releaseReservation").respond(500);
    await expect(reservations.release(client)).rejects.toMatchObject({
      errors: [{ message: `${first} was not released` }],
    });
    expect(reserved()).toBe(request.estimate.amount);
  });

  it("nothing that has ended or belongs to another run", async () => {
    const { reservations, client, reserved, create } = world();
    await client.commitReservation(await create(), { actual: usd("0.01") });
    await client.releaseReservation(await create());
    await client.createReservation({ ...request, action: spent });
    await reservations.release(client);
    expect(reserved()).toBe(request.estimate.amount);
  });
});
