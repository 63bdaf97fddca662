import { Buffer } from "node:buffer";
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { OWNER_ONLY_FILE, removeIfPossible } from "../files.js";
import { logFile } from "../names.js";

/** The paths of the logs that clients of this process write. */
const own = new Set<string>();

/** Whether a client of this process writes the log. */
export function isOwnLog(path: string): boolean {
  return own.has(path);
}

/** One file of a log. It is only appended to, and removed when all its lines are done. */
export class Segment {
  readonly path: string;
  readonly #descriptor: number;
  readonly #inode: number;
  /** How many of its lines are not done. */
  open = 0;
  /** The lines that are done, but not marked so yet. */
  done: number[] = [];
  #bytes = 0;
  #lastWriteAt = Date.now();
  #syncs = 0;
  #isClosed = false;

  /** Creates a file that did not exist. Throws the system's error. */
  constructor(folder: string, header: string) {
    this.path = join(folder, logFile());
    this.#descriptor = openSync(this.path, "ax", OWNER_ONLY_FILE);
    own.add(this.path);
    try {
      this.#inode = fstatSync(this.#descriptor).ino;
      this.append(header);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How long nothing was written, in milliseconds. It is negative if the clock was set back. */
  get silentMs(): number {
    return Date.now() - this.#lastWriteAt;
  }

  /** Whether the path still leads to this file. If not, another process has taken it over. */
  get isInPlace(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** Appends text as a whole, or throws the system's error and leaves the file as it was. */
  append(text: string): void {
    const all = Buffer.from(text);
    let written = 0;
    try {
      while (written < all.length) written += writeSync(this.#descriptor, all, written);
    } catch (error) {
      if (written > 0) this.#cut(written);
      throw error;
    }
    this.#bytes += all.length;
    this.#lastWriteAt = Date.now();
  }

  /** Shows other processes that the owner is alive. */
  touch(): void {
    const now = new Date();
    try {
      futimesSync(this.#descriptor, now, now);
      this.#lastWriteAt = now.getTime();
    } catch {
      // The file may be taken over, and then the next write opens another one.
    }
  }

  /** Writes to the disk what the system keeps in memory. Rejects with the system's error. */
  sync(): Promise<void> {
    // Another file may have the number of a closed descriptor by now.
    if (this.#isClosed) return Promise.reject(new Error(`${this.path} was given up`));
    this.#syncs += 1;
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        this.#syncs -= 1;
        if (this.#isClosed) this.#closeDescriptor();
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Allows other clients of this process to take the file over when it is silent. */
  release(): void {
    own.delete(this.path);
  }

  /** Leaves the file to other processes. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    own.delete(this.path);
    this.#closeDescriptor();
  }

  remove(): void {
    if (!this.#isClosed) removeIfPossible(this.path);
    this.close();
  }

  /**
   * Removes what a failed write has left at the end. Other processes may have appended marks before
   * that. If it cannot be removed, the file is given up.
   */
  #cut(written: number): void {
    try {
      ftruncateSync(this.#descriptor, fstatSync(this.#descriptor).size - written);
    } catch {
      this.close();
    }
  }

  #closeDescriptor(): void {
    if (this.#syncs === 0) closeSync(this.#descriptor);
  }
}
