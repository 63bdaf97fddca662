# All targets need Node and npm. They write only to this folder.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export FILE ?=

installed := node_modules/.installed
built := dist/src/index.js
sources := $(shell find src generated 2>/dev/null)

.PHONY: help demo test test-runtimes docs build generate format release publish clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(built) ## Summarise a text within a budget (FILE=path, default: the README)
	@node examples/agent/main.mjs $(if $(FILE),"$$FILE")

test: $(installed) ## Check generated code, format, lint and types, then run all tests
	@npm test

test-runtimes: $(built) ## Test the packed package on each runtime (RUNTIMES="node-22 bun", default: all)
	@node scripts/runtimes.mjs $(RUNTIMES)

docs: $(installed) ## Write the API reference to .cache/api
	@npx typedoc --logLevel Warn

build: $(installed) ## Compile src into dist
	@npm run --silent build

generate: $(installed) ## Write generated/ from the contract in openapi/
	@npm run --silent generate

format: $(installed) ## Format all files
	@npm run --silent format

release: test ## Run all checks, pack the package, and print how to publish it; publishes nothing
	@node scripts/release.mjs

publish: ## Publish the package that "make release" packed; the release workflow runs this
	@node scripts/release.mjs --publish

clean: ## Remove installed packages, build output, reports and caches
	@rm -rf node_modules dist coverage .cache

# No dependency needs its install script, so none runs.
$(installed): package-lock.json
	@echo "Installing dependencies ..." >&2
	@npm ci --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >/dev/null
	@touch $@

$(built): $(installed) $(sources) tsconfig.json tsconfig.build.json
	@npm run --silent build >&2

