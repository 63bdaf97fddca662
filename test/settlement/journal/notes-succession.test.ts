import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { files, logs, noted, notes, silence, turns, until } from "../../support/noted.js";
import { refusal, request } from "../../support/responses.js";

const TTL_MS = 60_000;
/** The lease with its grace period. */
const LEASE_MS = TTL_MS + 5_000;

/** A folder that a process has left which died after its guard had noted an amount. */
async function left(options: Parameters<typeof noted>[0] = {}, amount = usd("0.10")) {
  const world = noted(options);
  const own = world.folder();
  const dead = world.open(own);
  await dead.client.recover();
  const reserve = { ...request, ttl_ms: TTL_MS };
  const guard = await dead.client.reserve(reserve, { heartbeat: false });
  guard.setActual(amount, { metadata: { step: 1 } });
  await turns(1);
  const dir = world.afterDeath(own);
  /** Opens a client that has taken over what is in the folder. */
  const succeed = async (more: Parameters<typeof world.open>[1] = {}, folder = dir) => {
    const successor = world.open(folder, more);
    await successor.client.recover();
    return successor;
  };
  return { ...world, dead, guard, dir, own, succeed, key: notes(own)[0]?.commit?.idempotency_key };
}

describe("a successor", () => {
  it("promotes a note when the lease is over, and neither recover() nor time does so earlier", async () => {
    const world = await left();
    const successor = await world.succeed();
    await world.advance(LEASE_MS - 1_000, successor);
    expect(await successor.client.recover()).toMatchObject({ found: 0 });
    expect(world.sent("commit")).toEqual([]);
    expect(files(world.dir).filter((file) => file.endsWith(".json"))).toEqual([]);
    await world.advance(10_000, successor);
    await until(() => world.spent() === 10_000_000);
    expect(world.sent("commit")).toEqual([
      { idempotency_key: world.key, actual: usd("0.10"), metadata: { step: 1 } },
    ]);
    const [event] = world.sent("events");
    expect(event).toMatchObject({ idempotency_key: world.key, actual: usd("0.10") });
    await world.advance(2_000, successor);
    expect(files(world.dir)).toEqual([]);
    expect(successor.failed()).toEqual([]);
  });

  it("repeats a commit that was recorded, and sends no event", async () => {
    const world = await left();
    const [body] = notes(world.dir).map(({ commit }) => commit);
    await world.dead.client.raw.POST("/v1/reservations/{reservation_id}/commit", {
      params: { path: { reservation_id: world.guard.id } },
      body: body as never,
    });
    const successor = await world.succeed();
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => world.sent("commit").length === 2);
    await world.advance(2_000, successor);
    expect(world.spent()).toBe(10_000_000);
    expect(world.sent("events")).toEqual([]);
    expect(successor.failed()).toEqual([]);
    expect(files(world.dir)).toEqual([]);
  });

  it("waits for the end that an active reservation has by then", async () => {
    const world = await left();
    const successor = await world.succeed();
    await world.guard.extend(30_000);
    await world.advance(LEASE_MS, successor);
    await world.advance(29_000, successor);
    expect(world.sent("commit")).toEqual([]);
    await world.advance(10_000, successor);
    await until(() => world.spent() === 10_000_000);
  });

  it("asks again while the server does not respond, and does not flood it", async () => {
    const world = await left();
    const successor = await world.succeed();
    world.authority.faults.on("getReservation", { times: 3 }).respond(503);
    await world.advance(LEASE_MS, successor);
    await world.advance(14_000, successor);
    expect(world.sent("commit")).toEqual([]);
    await world.advance(10_000, successor);
    await until(() => world.spent() === 10_000_000);
  });

  for (const [code, status] of [
    ["IDEMPOTENCY_MISMATCH", 409],
    ["RESERVATION_FINALIZED", 409],
  ] as const)
    it(`sets a note aside that is refused with ${code}, and reports it`, async () => {
      const world = await left();
      world.authority.faults.on("commitReservation").respond(status, refusal(status, code));
      const successor = await world.succeed();
      await world.advance(LEASE_MS + 10_000, successor);
      await until(() => successor.failed().length > 0);
      expect(successor.failed()).toMatchObject([
        { reservationId: world.guard.id, actual: usd("0.10"), kept: true, fate: "refused" },
      ]);
      await world.advance(600_000, successor);
      expect(world.sent("events")).toEqual([]);
      expect(files(world.dir).map((file) => file.split(".").at(-1))).toEqual(["rejected"]);
    });

  it("hands its notes on when it dies", async () => {
    const world = await left();
    const first = await world.succeed();
    expect(notes(world.dir)).toHaveLength(1);
    expect(first.failed()).toEqual([]);
    const dir = world.afterDeath(world.dir);
    const second = await world.succeed({}, dir);
    await world.advance(LEASE_MS + 10_000, second);
    await until(() => world.spent() === 10_000_000);
    expect(world.sent("commit").map((body) => body.idempotency_key)).toEqual([world.key]);
  });

  it("leaves its notes to the next client when it is closed", async () => {
    const world = await left();
    const first = await world.succeed();
    const closing = first.client.close();
    await world.advance(0, first);
    await closing;
    await world.advance(LEASE_MS + 10_000, first);
    expect(world.sent("commit")).toEqual([]);
    expect(notes(world.dir)).toHaveLength(1);
    silence(world.dir);
    const second = await world.succeed();
    await world.advance(10_000, second);
    await until(() => world.spent() === 10_000_000);
    await world.advance(2_000, second);
    expect(files(world.dir)).toEqual([]);
  });

  it("can share a folder with another one", async () => {
    const world = await left();
    const [first, second] = await Promise.all([world.succeed(), world.succeed()]);
    await world.advance(LEASE_MS + 10_000, first, second);
    await until(() => world.spent() === 10_000_000);
    await world.advance(60_000, first, second);
    expect(new Set(world.sent("commit").map((body) => body.idempotency_key)).size).toBe(1);
    expect(world.spent()).toBe(10_000_000);
    expect([...first.failed(), ...second.failed()]).toEqual([]);
  });

  it("can adopt the same note as another one, as after a copy of a volume", async () => {
    const world = await left();
    const first = await world.succeed();
    const second = await world.succeed({}, world.afterDeath(world.own));
    await world.advance(LEASE_MS + 10_000, first, second);
    await until(() => world.spent() === 10_000_000);
    await world.advance(60_000, first, second);
    expect(world.spent()).toBe(10_000_000);
    expect([...first.failed(), ...second.failed()]).toEqual([]);
  });

  it("promotes the latest of the notes that two logs of a process have", async () => {
    for (let left = 8; left > 0; left -= 1) await promotesTheLatest();
  });

  it("prefers the spend of a reservation to its note in another log", async () => {
    const world = await left();
    const guard = world.guard;
    const earlier = logs(world.own).map((file) => [file, readFileSync(file)] as const);
    world.authority.faults.on("commitReservation").drop("before");
    void guard.commit(usd("0.15"));
    await turns();
    const dir = world.afterDeath(world.own);
    for (const [file, bytes] of earlier) {
      const identity = join(files(dir)[0] ?? "", "..");
      writeFileSync(join(identity, `v1-${crypto.randomUUID()}.log`), bytes);
      expect(file).toContain("v1-");
    }
    silence(dir);
    const successor = await world.succeed({}, dir);
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => world.spent() !== 0);
    await world.advance(60_000, successor);
    expect(world.spent()).toBe(15_000_000);
    expect(successor.failed()).toEqual([]);
  });

  it("commits a note under the policy REJECT", async () => {
    const world = noted();
    const own = world.folder();
    const dead = world.open(own);
    await dead.client.recover();
    const guard = await dead.client.reserve(
      { ...request, ttl_ms: TTL_MS, overage_policy: "REJECT" },
      { heartbeat: false },
    );
    guard.setActual(usd("0.10"));
    await turns(1);
    const successor = world.open(world.afterDeath(own));
    await successor.client.recover();
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => world.spent() === 10_000_000);
    expect(JSON.stringify(world.sent("events"))).not.toContain("overage_policy");
  });

  it("settles a note with retry: false", async () => {
    const world = await left({ retry: false });
    const successor = await world.succeed();
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => world.spent() === 10_000_000);
  });

  it("sets aside a note whose reservation has an impossible id", async () => {
    const world = await left();
    for (const file of logs(world.dir))
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(world.guard.id, ""));
    silence(world.dir);
    const successor = await world.succeed();
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => successor.notices.some(({ type }) => type === "journal_corrupt"));
    await world.advance(60_000, successor);
    expect(world.spent()).toBe(0);
  });
});

async function promotesTheLatest() {
  const world = await left();
  const [first = ""] = logs(world.dir);
  const text = readFileSync(first, "utf8");
  const later = text
    .replaceAll("10000000", "20000000")
    .replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) + 250}`);
  const second = join(first, "..", `v1-${crypto.randomUUID()}.log`);
  writeFileSync(second, later);
  silence(world.dir);
  const successor = await world.succeed();
  await world.advance(LEASE_MS + 10_000, successor);
  await until(() => world.spent() !== 0);
  expect(world.spent()).toBe(20_000_000);
  await world.advance(60_000, successor);
  expect(successor.failed()).toEqual([]);
}

describe("an owner that was only asleep", () => {
  /** Another process takes the owner's log over, and records its note. */
  async function asleep() {
    const world = await left();
    const successor = await world.succeed();
    for (const file of logs(world.own)) rmSync(file);
    await world.advance(LEASE_MS + 10_000, successor);
    await until(() => world.spent() === 10_000_000);
    const closing = successor.client.close();
    await world.advance(0, successor);
    await closing;
    const wake = () => world.advance(0, world.dead);
    return { ...world, wake };
  }

  it("commits the same total without a notice", async () => {
    const { guard, dead, spent } = await asleep();
    await guard.close();
    expect(spent()).toBe(10_000_000);
    expect(dead.failed()).toEqual([]);
    expect(guard.state).toBe("committed");
  });

  for (const [title, more] of [
    ["at once", []],
    ["after further notes", [usd("0.12"), usd("0.13")]],
  ] as const)
    it(`gets one notice with both amounts if it commits another total ${title}`, async () => {
      const { guard, dead, spent, advance } = await asleep();
      for (const amount of more) {
        guard.setActual(amount);
        await turns(1);
        await advance(250, dead);
      }
      await expect(guard.commit(usd("0.30"))).rejects.toMatchObject({
        code: "IDEMPOTENCY_MISMATCH",
      });
      await guard.close();
      expect(dead.failed()).toMatchObject([
        { actual: usd("0.30"), noted: usd("0.10"), kept: true, fate: "refused" },
      ]);
      expect(spent()).toBe(10_000_000);
    });

  it("gets one notice through close()", async () => {
    const { guard, dead, spent } = await asleep();
    guard.setActual(usd("0.30"));
    await expect(guard.close()).rejects.toThrow();
    expect(dead.failed()).toMatchObject([{ actual: usd("0.30"), noted: usd("0.10") }]);
    expect(spent()).toBe(10_000_000);
  });

  it("gets one notice if its spend was queued", async () => {
    const { guard, dead, spent, authority, advance } = await asleep();
    authority.faults.on("commitReservation", { times: 6 }).respond(503);
    const committing = guard.commit(usd("0.30"));
    for (let count = 0; count < 60; count += 1) await advance(1_000, dead);
    await committing;
    await until(() => dead.failed().length > 0);
    for (let count = 0; count < 60; count += 1) await advance(1_000, dead);
    expect(dead.failed()).toMatchObject([{ actual: usd("0.30"), noted: usd("0.10") }]);
    expect(spent()).toBe(10_000_000);
  });

  it("writes its notes into a new log, and keeps those of its other guards", async () => {
    const world = noted();
    const own = world.folder();
    const owner = world.open(own);
    await owner.client.recover();
    const one = await owner.client.reserve(request, { heartbeat: false });
    const other = await owner.client.reserve(request, { heartbeat: false });
    one.setActual(usd("0.01"));
    other.setActual(usd("0.02"));
    await turns(1);
    const [log = ""] = logs(own);
    const elsewhere = world.folder();
    renameSync(log, join(elsewhere, "taken"));
    await world.advance(250, owner);
    one.setActual(usd("0.03"));
    await turns(2);
    expect(logs(own)).not.toContain(log);
    const amounts = notes(own).map(({ commit }) => commit?.actual);
    expect(amounts).toHaveLength(2);
    expect(amounts).toEqual(expect.arrayContaining([usd("0.02"), usd("0.03")]));
    await one.close();
    await other.close();
    await world.advance(20_000, owner);
    expect(files(own)).toEqual([]);
  });
});

describe("client.run", () => {
  it("rejects once, with both amounts, if another process has recorded what the work had noted", async () => {
    const world = noted();
    const own = world.folder();
    const owner = world.open(own);
    await owner.client.recover();
    let successor: ReturnType<typeof world.open> | undefined;
    const running = owner.client.run(
      { ...request, ttl_ms: TTL_MS },
      async (guard) => {
        guard.setActual(usd("0.10"));
        await turns(1);
        successor = world.open(world.afterDeath(own));
        await successor.client.recover();
        for (const file of logs(own)) rmSync(file);
        await world.advance(LEASE_MS + 10_000, successor);
        await until(() => world.spent() === 10_000_000);
        guard.setActual(usd("0.30"));
        return "done";
      },
      { heartbeat: false },
    );
    await running.catch(() => undefined);
    expect(owner.failed()).toMatchObject([{ actual: usd("0.30"), noted: usd("0.10") }]);
    expect(world.spent()).toBe(10_000_000);
  });
});
