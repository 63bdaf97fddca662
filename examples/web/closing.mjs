/**
 * A signal that aborts when the user disconnects. The "close" of a request does not say this: it
 * comes as soon as the body has been read.
 * @param {import("node:http").ServerResponse} response
 */
export function closing(response) {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  return controller.signal;
}
