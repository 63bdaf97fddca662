/** Something that the person at the keyboard can mend: an option, a file, a port. One line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
