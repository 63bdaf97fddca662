import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "./files.js";

/** A file or a folder that cannot be read or moved. */
export interface Unreadable {
  readonly path: string;
  /** The system's code, such as EACCES, or a message. */
  readonly cause: string;
}

/** A folder of the journal, with what was in it when it was read. */
export interface WalkedFolder {
  readonly folder: string;
  readonly entries: readonly Dirent[];
}

/** A walk through the folders of a journal, which goes on if something cannot be read. */
export class Walk {
  /** What could not be read, except what no longer exists. */
  readonly unreadable: Unreadable[] = [];

  /** Yields a folder and all folders in it. Links are not followed. */
  *folders(root: string): Generator<WalkedFolder> {
    const folders = [root];
    for (const folder of folders) {
      const entries = this.unless(folder, () => readdirSync(folder, { withFileTypes: true })) ?? [];
      for (const entry of entries) if (entry.isDirectory()) folders.push(join(folder, entry.name));
      yield { folder, entries };
    }
  }

  /** Calls a function for a path. Returns `undefined` if it fails, and remembers the cause. */
  unless<T>(path: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      // If a file no longer exists, a client has settled its spend or moved it.
      const cause = codeOf(error) ?? String(error);
      if (cause !== "ENOENT") this.unreadable.push({ path, cause });
      return undefined;
    }
  }
}
