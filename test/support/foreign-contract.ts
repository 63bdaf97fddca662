import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A small document for the generator: one operation whose request and response have this schema. */
export function contractOf(schema: object, more: object = {}) {
  return {
    openapi: "3.1.0",
    info: { title: "Foreign", version: "1", license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "https://foreign.invalid" }],
    security: [],
    paths: {
      "/things": {
        post: {
          operationId: "makeThing",
          summary: "Makes a thing",
          requestBody: json(schema),
          responses: { 200: json(schema) },
        },
      },
    },
    components: {
      schemas: { ErrorResponse: { type: "object", properties: { error: { type: "string" } } } },
    },
    ...more,
  };
}

export function json(schema: object, more: object = {}) {
  return { description: "JSON.", content: { "application/json": { schema, ...more } } };
}

/** A folder that is removed after the test, with these files; a file that is not a string is written as JSON. */
export async function folderWith(files: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cycles-generate-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === "string" ? content : ascii(content));
  }
  return folder;
}

/** JSON in which every other character is escaped, because YAML refuses some of them. */
export function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
