/** The demo cannot run with these settings or this budget. The message says what to change. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
