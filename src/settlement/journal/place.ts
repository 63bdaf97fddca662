/** Whose records a folder holds. */
export interface Principal {
  /** As the user wrote it: all clients derive the same folder from the same setting. */
  readonly baseUrl: string;
  readonly tenant: string | undefined;
  readonly apiKey: string | undefined;
}

/** Where a file journal is, and who hears of what it finds. */
export interface JournalPlace extends Principal {
  /** The folder of all identities; by default the one in the user's home that all Cycles clients share. */
  readonly dir: string | undefined;
  /** A file could not be understood, and was set aside under this name. */
  readonly onCorrupt: (file: string) => void;
  /** Others can read the folder, and its mode cannot be changed; it is used as it is. Called once. */
  readonly onExposed: (code: string | undefined, message: string) => void;
  /** Files could not be read or moved, and were left alone; called once for each cause until all can be read. */
  readonly onUnreadable: (code: string | undefined, message: string) => void;
}
