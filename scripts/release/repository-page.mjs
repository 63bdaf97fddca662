/** The owner in `repository.url` of package.json until the repository has a home. */
export const PLACEHOLDER = "OWNER";

/** `https://github.com/acme/name`, from the URL that npm wants: `git+https://github.com/acme/name.git`. */
export function pageOf(url) {
  const page = /^git\+(https:\/\/github\.com\/[\w-]+\/[\w.-]+)\.git$/.exec(url)?.[1];
  if (page !== undefined) return page;
  throw new Error(
    `repository.url in package.json is ${url}; it must look like git+https://github.com/acme/cycles-client.git`,
  );
}

/** `acme`. */
export function ownerOf(url) {
  return new URL(pageOf(url)).pathname.split("/")[1];
}
