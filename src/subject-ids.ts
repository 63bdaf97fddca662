import { subjectLevels } from "../generated/constants.js";
import type { Notify } from "./notices.js";
import { oddCharacter, PORTABLE_CHARACTERS } from "./protocol/scope.js";
import { plain, quoted } from "./text.js";

type Level = (typeof subjectLevels)[number];

/** An id that a server may refuse, and what to do. */
interface IdProblem {
  readonly level: Level;
  readonly message: string;
}

/** Checks the ids in the subjects of a client and its children. */
export class SubjectIds {
  readonly #allowsAny: boolean;
  readonly #used = new Map<Level, UsedIds>();
  #last: unknown;

  constructor(allowsAny: boolean) {
    this.#allowsAny = allowsAny;
  }

  /** The ids of a subject that a server may refuse. A value that is not a subject has none. */
  problems(subject: unknown): IdProblem[] {
    const found: IdProblem[] = [];
    if (this.#allowsAny) return found;
    forEachId(subject, (level, id) => {
      const odd = oddCharacter(id);
      if (odd !== undefined) found.push({ level, message: problemOf(odd) });
    });
    return found;
  }

  /**
   * Reports each id that differs only in case from one that was used before, because the reference
   * server makes one scope of them. Expects a subject that fits the contract.
   */
  use(subject: unknown, notify: Notify): void {
    // Most requests have the client's own subject.
    if (subject === this.#last) return;
    this.#last = subject;
    forEachId(subject, (level, id) => {
      const used = this.#used.get(level) ?? new UsedIds();
      this.#used.set(level, used);
      const other = used.otherForm(id);
      if (other !== undefined) notify({ type: "subject_case", level, ids: [other, id] });
    });
  }
}

/** The ids that were used at one level. Of millions, it remembers the last 1,000 to 2,000. */
class UsedIds {
  /** The first form of each id, by its lower-case form; `""` after another form was reported. */
  #recent = new Map<string, string>();
  #older = new Map<string, string>();

  /** The form in which `id` was used before, if it is another one. Each id is reported once. */
  otherForm(id: string): string | undefined {
    const key = id.toLowerCase();
    let first = this.#recent.get(key);
    if (first === undefined) {
      first = this.#older.get(key) ?? id;
      if (this.#recent.size === 1_000) {
        this.#older = this.#recent;
        this.#recent = new Map();
      }
      this.#recent.set(key, first);
    }
    if (first === id || first === "") return undefined;
    this.#recent.set(key, "");
    return first;
  }
}

function problemOf(odd: string): string {
  return (
    `has ${plain(quoted(odd))}, which servers may refuse: ` +
    `use ${PORTABLE_CHARACTERS}, or scopeId(text), or set subjects: "any"`
  );
}

/** Visits the ids of a subject. It is on the path of every reserve, so it makes no arrays. */
function forEachId(subject: unknown, visit: (level: Level, id: string) => void): void {
  if (!isObject(subject)) return;
  for (const level of subjectLevels) {
    const id = subject[level];
    if (typeof id === "string") visit(level, id);
  }
}

function isObject(value: unknown): value is Readonly<Partial<Record<Level, unknown>>> {
  return typeof value === "object" && value !== null;
}
