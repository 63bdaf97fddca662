import { once } from "node:events";
import { readdir, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { filesWithinBounds } from "../scripts/generate/bounded.mjs";
import { readContract } from "../scripts/generate/document.mjs";
import { patternWarnings } from "../scripts/generate/patterns.mjs";
import { sourcesFrom } from "../scripts/generate/sources.mjs";
import { typesSource } from "../scripts/generate/types.mjs";
import { validatorsSource } from "../scripts/generate/validators.mjs";
import { contractOf, folderWith, json } from "./support/foreign-contract.js";
import { runCommand } from "./support/generator-command.js";
import { validatorsOf } from "./support/generated-validators.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Reads a document as the generator does; returns why it was refused. */
async function refusal(
  document: unknown,
  files: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const folder = await folderWith({ ...files, "api/contract.yaml": document });
  return readContract(join(folder, "api/contract.yaml")).then(
    () => "accepted",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Runs the command outside its thread, so that it could open connections. */
function generate(args: readonly string[]) {
  return runCommand(args, async (source) => ({ files: {}, ...(await readContract(source)) }));
}

function referringTo($ref: string) {
  return contractOf({ type: "object", properties: { name: { $ref } } });
}

/** A server on the loopback interface that counts connections. */
async function countingServer() {
  const counted = { connections: 0 };
  const server = createServer((socket) => {
    counted.connections += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { counted, host: `127.0.0.1:${String(port)}` };
}

describe("a reference out of the document's folder", () => {
  const secret = { "secret.yaml": "type: string\ndescription: hunter2\n" };

  it.each([
    "http://127.0.0.1:9/x.yaml",
    "https://127.0.0.1:9/x.yaml",
    "HTTPS://127.0.0.1:9/x.yaml",
    "ftp://127.0.0.1:9/x.yaml",
    "file:///etc/hostname",
    "data:application/json,{}",
    "//127.0.0.1:9/x.yaml",
    "\\\\127.0.0.1\\x.yaml",
    "C:\\secret.yaml",
  ])("is refused, because the generator works offline: %s", async ($ref) => {
    expect(await refusal(referringTo($ref))).toBe(
      `contract.yaml refers to ${$ref}: the generator works offline, so copy the file into the folder of the document and refer to it there`,
    );
  });

  it.each(["../secret.yaml", "sub/../../secret.yaml", "/etc/hostname", "../api-2/secret.yaml"])(
    "is refused: %s",
    async ($ref) => {
      expect(await refusal(referringTo($ref), secret)).toBe(
        `contract.yaml refers to ${$ref}: the generator reads only files in the folder of the document, so copy the file there`,
      );
    },
  );

  it("is refused in a file that the document refers to", async () => {
    const name = "properties:\n  inner:\n    $ref: '../../secret.yaml'\n";
    expect(
      await refusal(referringTo("parts/name.yaml"), { ...secret, "api/parts/name.yaml": name }),
    ).toContain("name.yaml refers to ../../secret.yaml: the generator reads only files in");
  });

  it("is refused if it is a symbolic link, of a file or of a folder", async () => {
    for (const [$ref, target] of [
      ["link.yaml", "../secret.yaml"],
      ["up/secret.yaml", ".."],
    ] as const) {
      const folder = await folderWith({ ...secret, "api/contract.yaml": referringTo($ref) });
      await symlink(target, join(folder, "api", $ref.split("/")[0] ?? ""));
      await expect(readContract(join(folder, "api/contract.yaml"))).rejects.toThrow(
        /is a link to .*secret\.yaml: the generator reads only files in the folder/,
      );
    }
  });

  it("is refused in an example, an extension and the mapping of a discriminator", async () => {
    const address = "http://127.0.0.1:9/x";
    const media = (more: object) => ({
      "/things": {
        post: {
          operationId: "makeThing",
          requestBody: json({ type: "object" }, more),
          responses: { 200: json({ type: "object" }) },
        },
      },
    });
    const mapping = { propertyName: "kind", mapping: { a: address } };
    for (const document of [
      contractOf({}, { paths: media({ examples: { one: { externalValue: address } } }) }),
      contractOf({}, { paths: media({ example: { $ref: address } }) }),
      contractOf({ type: "object" }, { "x-more": { deep: [{ $ref: address }] } }),
      contractOf({ oneOf: [{ type: "object" }], discriminator: mapping }),
    ])
      expect(await refusal(document)).toContain(`refers to ${address}`);
  });

  it("may be a link or a file within the folder", async () => {
    const files = { "api/parts/name.yaml": "type: string\n" };
    const folder = await folderWith({ ...files, "api/contract.yaml": referringTo("link.yaml") });
    await symlink("parts/name.yaml", join(folder, "api/link.yaml"));
    const { contract } = await readContract(join(folder, "api/contract.yaml"));
    expect(JSON.stringify(contract)).toContain('"name":{"$ref":"#/components/schemas/link"}');
  });

  it("opens no connection", async () => {
    const { counted, host } = await countingServer();
    const nested = `$ref: 'http://${host}/nested.yaml'\n`;
    const folder = await folderWith({
      "direct.json": referringTo(`http://${host}/x.yaml`),
      "nested.json": referringTo("nested.yaml"),
      "nested.yaml": nested,
    });
    const runs = await Promise.all([
      generate(["--from", join(folder, "direct.json"), "--out", folder]),
      generate(["--from", join(folder, "nested.json"), "--out", folder]),
      generate(["--from", `http://${host}/x.yaml`]),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([1, 1, 1]);
    for (const { output } of runs) {
      expect(output).toContain(`http://${host}/`);
      expect(output).toContain("works offline");
    }
    expect(counted.connections).toBe(0);
    // The server does count.
    await once(connect(Number(host.split(":")[1]), "127.0.0.1").resume(), "close");
    expect(counted.connections).toBe(1);
  });
});

describe("a document that the generator cannot use", () => {
  const { paths, ...withoutPaths } = contractOf({});
  const { components: _, ...withoutComponents } = contractOf({});
  it.each<[string, unknown, string]>([
    ["is empty", "", "this is not an OpenAPI document"],
    ["is text", "hello", "this is not an OpenAPI document"],
    ["is a list", [], "this is not an OpenAPI document"],
    ["has no version", { paths }, "this is a document without the field `openapi`"],
    ["is Swagger", { swagger: "2.0" }, 'this is Swagger "2.0"; the generator reads OpenAPI 3.1'],
    ["is OpenAPI 3.0", contractOf({}, { openapi: "3.0.3" }), 'this is OpenAPI "3.0.3"'],
    ["is OpenAPI 3.2", contractOf({}, { openapi: "3.2.0" }), 'this is OpenAPI "3.2.0"'],
    ["has a number as its version", contractOf({}, { openapi: 3.1 }), 'such as "3.1.0"'],
    ["is AsyncAPI", { asyncapi: "2.6.0" }, "this is AsyncAPI"],
    ["has no paths", withoutPaths, "has no `paths`"],
    ["has empty paths", contractOf({}, { paths: {} }), "has no `paths`"],
    ["has no components", withoutComponents, "has no `components.schemas`"],
    ["has no schemas", contractOf({}, { components: {} }), "has no `components.schemas`"],
    [
      "has no schema of errors",
      contractOf({}, { components: { schemas: { Thing: { type: "string" } } } }),
      "has no ErrorResponse",
    ],
    ["is two documents", "a: 1\n---\nb: 2\n", "expected a single document"],
    ["is not YAML", "a: [1\nb", "contract.yaml"],
    ["refers to nothing", referringTo("#/components/schemas/None"), "Can't resolve $ref"],
    ["refers to no file", referringTo("none.yaml"), "none.yaml does not exist"],
    ["refers to a folder", referringTo("."), "is not a file"],
    [
      "has a reference to itself",
      contractOf({}, { components: { schemas: { A: { $ref: "#/components/schemas/A" } } } }),
      "Self-referencing",
    ],
  ])("is refused, and the message says why: %s", async (_name, document, message) => {
    expect(await refusal(document)).toContain(message);
  });

  it("ends the command with code 1 and one message of one line", async () => {
    const folder = await folderWith({ "api.json": withoutComponents, "old.json": {} });
    for (const args of [
      ["--from", join(folder, "api.json")],
      ["--from", join(folder, "old.json")],
      ["--frm", "x"],
    ]) {
      const { code, output } = await generate([...args, "--out", join(folder, "out")]);
      expect(code).toBe(1);
      expect(output.trim().split("\n")).toHaveLength(1);
    }
    expect(await readdir(folder)).toEqual(["api.json", "old.json"]);
  });

  it("cannot move the cursor of a terminal", async () => {
    const folder = await folderWith({ "api.json": contractOf({}, { openapi: "\u001b[2J\u0007" }) });
    await writeFile(
      join(folder, "api.yaml"),
      JSON.stringify(referringTo("http://x/\u009b2J\u202e")),
    );
    for (const name of ["api.json", "api.yaml"]) {
      const { output } = await generate(["--from", join(folder, name), "--out", folder]);
      expect(output).toMatch(/\\u001b|\\u009b|not printable|non-printable/);
      expect(output.trim()).toMatch(/^[\P{C}\n]*$/u);
    }
  });
});

describe("a keyword for which the generator has no code", () => {
  const property = (schema: object) => contractOf({ type: "object", properties: { tags: schema } });
  const values = (count: number) => Array.from({ length: count }, (_, n) => `v${String(n)}`);

  it.each<[string, object]>([
    ["`uniqueItems`", { type: "array", uniqueItems: true }],
    ["`uniqueItems`", { type: "array", uniqueItems: true, items: { type: ["string", "object"] } }],
    ["`const`", { const: { a: 1 } }],
    ["`enum`", { enum: ["a", ["b"]] }],
    ["`enum`", { enum: [...values(1_000), {}] }],
    ["`propertyNames`", { propertyNames: { maxLength: 3 } }],
    ["`unevaluatedProperties`", { unevaluatedProperties: false }],
    ["`unevaluatedItems`", { unevaluatedItems: false }],
    ["`$dynamicRef`", { $dynamicRef: "#/components/schemas/ErrorResponse" }],
    ["half of a surrogate pair", { properties: { "a\ud83e": {} } }],
  ])("is refused, and the error names its place: %s", async (named, schema) => {
    const refused = validatorsSource(property(schema));
    await expect(refused).rejects.toThrow(/^makeThingRequest\/properties\/tags: /);
    await expect(refused).rejects.toThrow(named);
  });

  it("is found in a component that a request refers to, and in a parameter", async () => {
    const document = property({ $ref: "#/components/schemas/Tags" });
    const Tags = { items: { $ref: "#/components/schemas/Tag" } };
    Object.assign(document.components.schemas, { Tags, Tag: { items: { const: [] } } });
    await expect(validatorsSource(document)).rejects.toThrow(
      /^#\/components\/schemas\/Tag\/items: /,
    );
    const named = contractOf({});
    const parameters = [{ in: "query", name: "a\udc00", schema: {} }];
    Object.assign(named.paths["/things"].post, { parameters });
    await expect(validatorsSource(named)).rejects.toThrow(
      /^makeThingParameters\/properties\/query: /,
    );
  });

  it("includes a name with a percent sign that begins no escape", async () => {
    const inner = { type: "object", properties: { a: { type: "string" } } };
    const named = contractOf({ type: "object", properties: { "50%k": inner } });
    await expect(typesSource(named)).rejects.toThrow(
      '#/paths//things/post/requestBody/content/application/json/schema/properties: the name "50%k" has a percent sign',
    );
  });

  it("may stay where no validator checks it", async () => {
    const document = contractOf({ type: "object" });
    const anything = { uniqueItems: true, const: {}, propertyNames: {}, unevaluatedItems: false };
    Object.assign(document.components.schemas, { Unused: anything });
    document.paths["/things"].post.responses[200] = json({ items: anything });
    await expect(validatorsSource(document)).resolves.toContain("makeThingRequest");
  });

  it.each<[object, unknown, unknown]>([
    [{ type: "array", uniqueItems: true, items: { type: "string" } }, ["a", "b"], ["a", "a"]],
    [{ const: "a" }, "a", "b"],
    [{ enum: [null, 1, "a"] }, null, 2],
    [{ enum: values(1_000) }, "v999", "v1000"],
    [{ enum: [-1, null, ...values(1_000)] }, -1, 1],
    [{ type: "number", multipleOf: 3 }, 9, 10],
  ])("works with values that the code can compare: %#", async (schema, fitting, other) => {
    const { makeThingRequest } = await validatorsOf(property(schema));
    expect(makeThingRequest?.({ tags: fitting })).toBe(true);
    expect(makeThingRequest?.({ tags: other })).toBe(false);
  });
});

describe("a document that is too large", () => {
  const open = JSON.stringify(contractOf({ type: "object" })).slice(0, -1);
  const laughs = Array.from(
    { length: 40 },
    (_, n) =>
      `"x-${String(n + 1)}": &a${String(n + 1)} [${Array(9)
        .fill(`*a${String(n)}`)
        .join()}]`,
  );
  it.each([
    ["by aliases of aliases", `${open}, "x-0": &a0 [lol], ${laughs.join()}}`, "200000 values"],
    [
      "by aliases of a long string",
      `${open}, "x-0": &a "${"x".repeat(100_000)}", "x-1": [${Array(1000).fill("*a").join()}]}`,
      "8388608 characters",
    ],
    [
      "by merged keys",
      `${open}, "x-0": &a {${Array.from({ length: 9_000 }, (_, n) => `k${String(n)}: 1`).join()}}, "x-1": [${Array(9_000).fill("{<<: *a}").join()}]}`,
      "merge keys exceeded",
    ],
    ["by an alias of itself", `${open}, "x-0": &a {b: *a}}`, "contains itself"],
    ["in bytes", `# ${"x".repeat(5_000_000)}\n`, "has more than 4194304 bytes"],
    ["in lists", "[".repeat(100_000), "nesting exceeded"],
    ["in maps", "{a: ".repeat(100_000), "nesting exceeded"],
    [
      "in blocks",
      Array.from({ length: 1_500 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      "nesting",
    ],
  ])("is refused: %s", async (_name, document, message) => {
    expect(await refusal(document)).toContain(message);
  });

  it("is refused if its files are many", async () => {
    const files = Array.from({ length: 1_001 }, (_, n): [string, string] => [
      `api/${String(n)}.yaml`,
      `properties:\n  a: { $ref: "${String(n + 1)}.yaml" }\n`,
    ]);
    expect(await refusal(referringTo("0.yaml"), Object.fromEntries(files))).toContain(
      "more than 1000 files",
    );
  });

  it("is refused if generating takes too long, or too much memory", async () => {
    const source = join(root, "openapi/cycles.yaml");
    await expect(filesWithinBounds(source, { seconds: 0.01, megabytes: 512 })).rejects.toThrow(
      "needs more than 0.01 seconds",
    );
    await expect(filesWithinBounds(source, { seconds: 100, megabytes: 8 })).rejects.toThrow(
      "needs more than 8 MB of memory",
    );
  });

  // Following each path would take minutes.
  it("is accepted if its schemas refer to each other along 2^28 paths", async () => {
    const names = Array.from({ length: 28 }, (_, n) => `A${String(n)}`);
    const schemas = names.map((name, n) => {
      const $ref = `#/components/schemas/A${String(n + 1)}`;
      const inner = n === 27 ? {} : { properties: { a: { $ref }, b: { $ref } } };
      return [name, { type: "object", ...inner }];
    });
    const components = {
      schemas: Object.fromEntries([...schemas, ["ErrorResponse", {}]]) as object,
    };
    const document = contractOf({ $ref: "#/components/schemas/A0" }, { components });
    const folder = await folderWith({ "api.json": document });
    const { contract } = await readContract(join(folder, "api.json"));
    const files = await sourcesFrom(contract);
    expect(files["operations.ts"]).toContain("optional26");
  });
});

describe("a pattern", () => {
  const withPattern = (pattern: string) =>
    contractOf({ type: "object", properties: { name: { type: "string", pattern } } });

  it.each([
    ["^(a+)+$", "exponential time"],
    ["^(a|a)*$", "exponential time"],
    ["^(\\w+\\s?)*$", "exponential time"],
    ["^(a?){30}a{30}$", "exponential time"],
    ["(?<!x(a+)+)b", "exponential time"],
    ["^a*a*a*$", "length to the power of 3"],
    ["[", "is not a regular expression"],
    [`${"(".repeat(3_000)}a${")".repeat(3_000)}`, "could not be analysed"],
  ])("that can be slow is refused, and the error names it and its place: %s", async (text, why) => {
    const message = await refusal(withPattern(text));
    expect(message).toContain(`The pattern ${JSON.stringify(text).slice(0, 100)}`);
    expect(message).toContain("application/json/schema/properties/name");
    expect(message).toContain(why);
  });

  it("that takes too long to analyse is refused", async () => {
    const slow = withPattern(`^(${"(a|b)?".repeat(200)})+c$`);
    await expect(patternWarnings(slow, { timeoutMs: 100 })).rejects.toThrow(
      /^The pattern .* at .*properties\/name could not be analysed \(timeout\)/,
    );
  });

  it("that names properties is also checked", async () => {
    const schema = { type: "object", patternProperties: { "^(a+)+$": {} } };
    expect(await refusal(contractOf(schema))).toContain("exponential time");
  });

  it("is checked before it runs on an example", async () => {
    const document = contractOf({
      type: "string",
      pattern: "^(a+)+$",
      example: `${"a".repeat(60)}!`,
    });
    expect(await refusal(document)).toContain("exponential time");
  });

  it("that takes quadratic time is reported, and one that takes linear time is not", async () => {
    const folder = await folderWith({
      "square.json": withPattern("\\s+$"),
      "linear.json": withPattern("^[a-z0-9]+(?:-[a-z0-9]+)*$"),
    });
    const [square, linear] = await Promise.all(
      ["square.json", "linear.json"].map((name) => readContract(join(folder, name))),
    );
    expect(square?.warnings).toEqual([
      expect.stringMatching(/^The pattern "\\\\s\+\$" at .* the square of the length/),
    ]);
    expect(linear?.warnings).toEqual([]);
  });
});
