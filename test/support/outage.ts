import type { Notice } from "cycles-client";
import { budgeted } from "./budgeted.js";

/** A client whose authority stops answering between `breakDown` and `heal`. */
export function outage(options: Parameters<typeof budgeted>[0] = {}) {
  const world = budgeted({ settleTimeout: 1_000, ...options });
  const { authority, clock, notices } = world;
  return {
    ...world,
    breakDown: () => {
      authority.faults.on("*", { times: 100_000 }).drop("before");
    },
    heal: () => {
      authority.faults.clear();
    },
    /** Lets time pass until a promise settles. */
    pass: async <T>(work: Promise<T>): Promise<T> => {
      const state = { isDone: false };
      const end = () => {
        state.isDone = true;
      };
      work.then(end, end);
      for (let seconds = 0; !state.isDone && seconds < 600; seconds += 1)
        await clock.advance(1_000);
      return work;
    },
    ofType: <Type extends Notice["type"]>(type: Type) =>
      notices.filter((notice): notice is Extract<Notice, { type: Type }> => notice.type === type),
    events: () =>
      world.sent("events").map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
}
