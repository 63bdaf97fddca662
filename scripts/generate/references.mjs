// Decides which files a contract may have: its own file, and others in its folder. Nothing is fetched.
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative, sep } from "node:path";
import { BaseResolver, Source } from "@redocly/openapi-core";
import { BOUNDS, measure } from "./bounds.mjs";
import { visitDocument } from "./contract.mjs";

/** Resolves the references of a document, and refuses those that leave its folder. */
export class ResolverOfFolder extends BaseResolver {
  /** Why references were refused. Redocly only reports such a reference as unresolved. @type {Error[]} */
  refusals = [];
  #root;
  #folder;
  #files = new Set();

  /** @param {string} root the absolute path of the document @param {string} folder the real path of its folder */
  constructor(root, folder) {
    super();
    this.#root = root;
    this.#folder = folder;
  }

  static async of(root) {
    const folder = await realpath(dirname(root)).catch(() => dirname(root));
    return new ResolverOfFolder(root, folder);
  }

  /** @override */
  resolveExternalRef(base, ref) {
    if (base === null) return super.resolveExternalRef(base, ref);
    const reason = reasonToRefuse(ref);
    if (reason !== undefined) throw this.#refused(`${basename(base)} refers to ${ref}: ${reason}`);
    const path = super.resolveExternalRef(base, ref);
    if (!isWithin(dirname(this.#root), path))
      throw this.#refused(`${basename(base)} refers to ${ref}: ${OUTSIDE}`);
    return path;
  }

  /** @override */
  async loadExternalRef(path) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) throw this.#refused(`the file ${path} does not exist`);
    if (path !== this.#root && !isWithin(this.#folder, real))
      throw this.#refused(`${path} is a link to ${real}: ${OUTSIDE}`);
    this.#files.add(real);
    if (this.#files.size > BOUNDS.files)
      throw this.#refused(`the document has more than ${BOUNDS.files} files, so it is refused`);
    const body = await this.#read(real);
    return new Source(path, body.replaceAll("\r\n", "\n"));
  }

  /** @override */
  parseDocument(source, isRoot = false) {
    const document = super.parseDocument(source, isRoot);
    try {
      measure(document.parsed);
    } catch (error) {
      throw this.#refused(`${basename(source.absoluteRef)}: ${error.message}`);
    }
    return document;
  }

  async #read(path) {
    const status = await stat(path);
    if (!status.isFile()) throw this.#refused(`${path} is not a file`);
    if (status.size > BOUNDS.bytes)
      throw this.#refused(`${path} has more than ${BOUNDS.bytes} bytes, so it is refused`);
    return readFile(path, "utf8");
  }

  #refused(message) {
    const error = new Error(message);
    this.refusals.push(error);
    return error;
  }
}

const OUTSIDE =
  "the generator reads only files in the folder of the document, so copy the file there";

function reasonToRefuse(ref) {
  if (/^[a-z][a-z\d+.-]*:/i.test(ref) || /^[\\/]{2}/.test(ref))
    return "the generator works offline, so copy the file into the folder of the document and refer to it there";
  return /^[\\/]/.test(ref) ? OUTSIDE : undefined;
}

function isWithin(folder, path) {
  const steps = relative(folder, path);
  return !isAbsolute(steps) && steps.split(sep)[0] !== "..";
}

/**
 * Redocly does not resolve references in examples, but other tools would.
 *
 * @throws {Error} if a bundled document refers to anything but itself
 */
export function refuseForeignReferences(document) {
  visitDocument(document, ({ $ref }, place) => {
    if (typeof $ref === "string" && !$ref.startsWith("#"))
      throw new Error(`${place} refers to ${$ref}, which is not in the document: ${OUTSIDE}`);
  });
}
