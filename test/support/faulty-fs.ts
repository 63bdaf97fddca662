import type * as nodeFs from "node:fs";

/** A call of a function of `node:fs`, with the path that its first argument stands for. */
export interface FsCall {
  readonly name: string;
  readonly path: string;
  readonly args: readonly unknown[];
}

type Callback = (error: NodeJS.ErrnoException | null) => void;

/**
 * What the test does with calls of `node:fs`. `fail` may throw in place of the call, or return other
 * arguments for it. `sync` is called with the callback of `fdatasync`, and returns whether it takes
 * care of that.
 */
export const faults: {
  fail: (call: FsCall) => readonly unknown[] | undefined;
  sync: (path: string, callback: Callback) => boolean;
  readonly calls: FsCall[];
} = { fail: () => undefined, sync: () => false, calls: [] };

export function resetFaults(): void {
  faults.fail = () => undefined;
  faults.sync = () => false;
  faults.calls.length = 0;
}

/** Throws what the system throws. */
export function systemError(code: string): never {
  throw errorOf(code);
}

export function errorOf(code: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: from the test`), { code });
}

const SYNC_NAMES = [
  "appendFileSync",
  "ftruncateSync",
  "fsyncSync",
  "linkSync",
  "openSync",
  "renameSync",
  "unlinkSync",
  "writeFileSync",
  "writeSync",
] as const;

/** The module `node:fs` with faults, for `vi.mock`. Descriptors are reported by their paths. */
export function faulty(fs: typeof nodeFs): typeof nodeFs {
  const paths = new Map<unknown, string>();
  const pathOf = (target: unknown) =>
    typeof target === "number" ? (paths.get(target) ?? "") : String(target);
  const wrapped = SYNC_NAMES.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const call = (...args: unknown[]): unknown => {
      const called = { name, path: pathOf(args[0]), args };
      faults.calls.push(called);
      const result = real(...(faults.fail(called) ?? args));
      if (name === "openSync") paths.set(result, String(args[0]));
      return result;
    };
    return [name, call] as const;
  });
  const fdatasync = (descriptor: number, callback: Callback): void => {
    const path = pathOf(descriptor);
    faults.calls.push({ name: "fdatasync", path, args: [] });
    if (!faults.sync(path, callback)) fs.fdatasync(descriptor, callback);
  };
  return { ...fs, ...Object.fromEntries(wrapped), fdatasync } as typeof nodeFs;
}
