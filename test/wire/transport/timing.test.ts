import { Agent } from "undici";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Scripted, scripted } from "../../support/server.js";
import { transport } from "./transports.js";

/** Responses that are held back until the test sends them. */
function held() {
  const waiting: (() => void)[] = [];
  const respond: Scripted = (response) => {
    waiting.push(() => response.end("ok"));
  };
  const arrived = (count: number) =>
    vi.waitFor(() => expect(waiting).toHaveLength(count), { interval: 1, timeout: 30_000 });
  return { respond, arrived, sendResponse: (index: number) => waiting[index]?.() };
}

describe("the time at which a request was sent", () => {
  it("over pooled connections is when it left, not when it began to wait for a connection", async () => {
    const { respond, arrived, sendResponse } = held();
    const server = await scripted(respond, respond);
    const { clock, send } = transport(server.url, { connections: 1 });
    const start = clock.monotonic();
    const first = send("/1");
    await arrived(1);
    const second = send("/2");
    clock.advance(4_000);
    sendResponse(0);
    await arrived(2);
    clock.advance(1_000);
    sendResponse(1);
    expect((await first).sentAt - start).toBe(0);
    expect((await second).sentAt - start).toBe(4_000);
  });

  it("is that of its first attempt if a stale connection caused a second", async () => {
    const { respond, arrived, sendResponse } = held();
    const server = await scripted(
      { body: "ok" },
      (response) => {
        clock.advance(1_000);
        response.socket?.destroy();
      },
      respond,
    );
    const { clock, send } = transport(server.url);
    await send("/1");
    const start = clock.monotonic();
    const second = send("/2");
    await arrived(1);
    sendResponse(0);
    expect((await second).sentAt - start).toBe(0);
    expect(clock.monotonic() - start).toBe(1_000);
  });

  it("over a custom fetch or dispatcher is when that was called", async () => {
    const server = await scripted({ body: "ok" }, { body: "ok" });
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const slowly = async (begin: () => void) => {
      await Promise.resolve();
      begin();
    };
    const withFetch = transport(server.url, {
      fetch: async (url, init) => {
        await slowly(() => withFetch.clock.advance(500));
        return fetch(url, init);
      },
    });
    const withDispatcher = transport(server.url, {
      dispatcher: {
        dispatch: (options, handler) => {
          void slowly(() => {
            withDispatcher.clock.advance(500);
            (agent as { dispatch: (options: object, handler: object) => boolean }).dispatch(
              options,
              handler,
            );
          });
          return true;
        },
      },
    });
    for (const { clock, send } of [withFetch, withDispatcher]) {
      const start = clock.monotonic();
      expect((await send("/1")).sentAt).toBe(start);
      expect(clock.monotonic() - start).toBe(500);
    }
  });
});

describe("an abort of a request with finishOnceSent", () => {
  it("cancels it while it waits for a connection", async () => {
    const { respond, arrived, sendResponse } = held();
    const server = await scripted(respond);
    const { send } = transport(server.url, { connections: 1 });
    const first = send("/1");
    await arrived(1);
    const controller = new AbortController();
    const second = send("/2", { finishOnceSent: true, signal: controller.signal });
    controller.abort("enough");
    await expect(second).rejects.toBe("enough");
    sendResponse(0);
    await first;
    expect(server.received).toHaveLength(1);
  });

  it.each([["pooled"], ["fetch"], ["dispatcher"]])(
    "lets it finish after it was sent (%s)",
    async (kind) => {
      const agent = new Agent();
      onTestFinished(() => agent.destroy());
      const { respond, arrived, sendResponse } = held();
      const server = await scripted(respond);
      const { send } = transport(server.url, {
        ...(kind === "fetch" && { fetch: (url, init) => fetch(url, init) }),
        ...(kind === "dispatcher" && { dispatcher: agent }),
      });
      const controller = new AbortController();
      const sent = send("/1", { finishOnceSent: true, signal: controller.signal });
      await arrived(1);
      controller.abort("enough");
      sendResponse(0);
      expect(await sent).toMatchObject({ status: 200, text: "ok" });
    },
  );

  it.each([["pooled"], ["fetch"]])("does not lift its timeout (%s)", async (kind) => {
    const { respond, arrived } = held();
    const server = await scripted(respond);
    const { clock, send } = transport(
      server.url,
      kind === "fetch" ? { fetch: (url, init) => fetch(url, init) } : {},
    );
    const controller = new AbortController();
    const sent = send("/1", { finishOnceSent: true, signal: controller.signal });
    const failed = expect(sent).rejects.toMatchObject({ code: "TIMEOUT" });
    await arrived(1);
    controller.abort("enough");
    clock.advance(7_000);
    await failed;
  });

  it.each([["pooled"], ["fetch"]])(
    "that comes before the request means that nothing is sent (%s)",
    async (kind) => {
      const server = await scripted();
      const { send } = transport(
        server.url,
        kind === "fetch" ? { fetch: (url, init) => fetch(url, init) } : {},
      );
      const signal = AbortSignal.abort("enough");
      await expect(send("/1", { finishOnceSent: true, signal })).rejects.toBe("enough");
      expect(server.received).toEqual([]);
    },
  );
});
