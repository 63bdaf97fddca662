import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/**
 * Does at once what takes real time, so that a seed does the same on each machine: the name of a journal's folder is
 * derived without a thread, and work in slices never pauses. The function that it returns undoes this.
 */
export function atOnce() {
  const { pbkdf2 } = crypto;
  Object.assign(crypto, {
    pbkdf2: (password, salt, rounds, bytes, digest, callback) => {
      callback(null, crypto.pbkdf2Sync(password, salt, rounds, bytes, digest));
    },
  });
  syncBuiltinESMExports();
  Object.defineProperty(performance, "now", { configurable: true, value: () => 0 });
  return () => {
    Object.assign(crypto, { pbkdf2 });
    syncBuiltinESMExports();
    Reflect.deleteProperty(performance, "now");
  };
}
