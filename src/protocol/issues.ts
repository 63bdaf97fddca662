import type { Problem } from "../../generated/validators.js";
import { subjectLevels } from "../../generated/constants.js";

/** A problem of a request. */
export interface Issue {
  /** The field, such as `estimate.amount` or `action.tags[3]`; empty for the whole body. */
  readonly path: string;
  /** The problem, and what is allowed. */
  readonly message: string;
}

/** Turns the problems that a generated validator found into issues, one for each field. */
export function toIssues(problems: readonly Problem[] | null | undefined): Issue[] {
  const issues = new Map<string, Issue>();
  for (const problem of problems ?? []) {
    const issue = toIssue(problem);
    if (issue && !issues.has(issue.path)) issues.set(issue.path, issue);
  }
  return [...issues.values()];
}

/** All issues in one line: `estimate.amount: must be >= 0; ttl_ms: must be >= 1000`. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
}

function toIssue({ instancePath, keyword, params }: Problem): Issue | undefined {
  const path = toPath(instancePath);
  switch (keyword) {
    case "required":
      return { path: join(path, String(params["missingProperty"])), message: "is required" };
    case "additionalProperties":
      return {
        path: join(path, String(params["additionalProperty"])),
        message: "is not a field of the protocol; remove it",
      };
    case "enum":
      return {
        path,
        message: `must be one of ${String(params["allowedValues"]).replaceAll(",", ", ")}`,
      };
    case "anyOf":
    case "minProperties":
      return { path, message: `needs at least one of ${subjectLevels.join(", ")}` };
    case "if":
    case "propertyNames":
      return undefined;
    default:
      return { path, message: brokenRule(keyword, params) };
  }
}

function brokenRule(keyword: string, params: Problem["params"]): string {
  const [, side, what = ""] = /^(min|max)(Length|Items|Properties)$/.exec(keyword) ?? [];
  if (side === "min" && params["limit"] === 1) return "must not be empty";
  if (side !== undefined) {
    const things = what === "Length" ? "characters" : what.toLowerCase();
    return `must have at ${side === "min" ? "least" : "most"} ${String(params["limit"])} ${things}`;
  }
  if ("comparison" in params)
    return `must be ${String(params["comparison"])} ${String(params["limit"])}`;
  // The other keywords, such as `type` and `pattern`, have a parameter with the same name.
  const rule = params[keyword];
  if (typeof rule !== "string" && !Array.isArray(rule)) return "is not valid";
  return keyword === "type"
    ? `must be ${String(rule).replaceAll(",", " or ")}`
    : `must match ${keyword} ${String(rule)}`;
}

/** `/action/tags/3` → `action.tags[3]`. */
function toPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), "");
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
