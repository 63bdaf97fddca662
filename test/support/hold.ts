import { onTestFinished } from "vitest";

const held = new Set<unknown>();

/** Keeps an object from being garbage-collected until the test ends. A guard that is collected is not extended. */
export function hold<Held>(object: Held): Held {
  held.add(object);
  onTestFinished(() => void held.delete(object));
  return object;
}
