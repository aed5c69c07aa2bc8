# The verbs of the project. What they do is in scripts/; `make help` lists them.
# On a fresh Debian or Ubuntu, `make run` and `make test` need nothing to be set up before.

export DIR ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run build test check fix audit e2e bench bench-files bench-packaging bench-library dev sample setup clean

help: ## Say what there is to say
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  DIR=/path/to/videos   the folder that run and dev serve (./videos)"
	@echo "  ARGS='--listen :8080' more arguments for vidicon serve"

run: ## Install what is missing, build, and serve DIR; sample clips when there is no video
	@scripts/run "$$DIR" $(ARGS)

test: ## Install what the tests need, and run everything that continuous integration runs
	@scripts/setup test
	@scripts/check

build: ## Build the release binary, target/release/vidicon
	@scripts/build

check: ## Formatting, lints with warnings denied, dependencies, tests; installs nothing
	@scripts/check

fix: ## Format, and mend what clippy can mend by itself
	@scripts/fix

e2e: ## Only the tests with real players: curl, ffmpeg, mpv, VLC, GStreamer, Chromium
	@scripts/setup test
	@scripts/e2e

audit: ## Look for known vulnerabilities in the dependencies (asks the network)
	@scripts/audit

bench: bench-files bench-packaging bench-library ## All benchmarks

bench-files: ## Measure file streaming against nginx and Caddy
	@scripts/setup bench
	@scripts/bench-files

bench-packaging: ## Measure just-in-time HLS against nginx with the same bytes in files, and in Chromium
	@scripts/setup bench
	@scripts/bench-packaging

bench-library: ## Measure lists, words, pages and scans of libraries of up to a million videos
	@scripts/setup bench
	@scripts/bench-library

dev: ## Serve DIR with a development build; build and start again on every change
	@scripts/dev "$$DIR" $(ARGS)

sample: ## Put the sample clips into DIR, also where there are videos already
	@scripts/setup run
	@scripts/sample-clips --always "$${DIR:-videos}"

setup: ## Install what run and test need, and stop there
	@scripts/setup test

clean: ## Remove what was built; keeps videos and installed tools
	@rm -rf target
