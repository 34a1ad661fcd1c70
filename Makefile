# The menu of this repository: `make` alone prints it.
.DEFAULT_GOAL := menu
.PHONY: menu run test check fast web schema queries bench docs
export SQLX_OFFLINE ?= true

menu: ## print this menu
	@sed -nE 's/^([a-z0-9]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## install what is missing, build, and serve on http://localhost:8080 with a demo company
	@scripts/run

test: ## run every test, starting the PostgreSQL it needs
	@scripts/test

check: ## format, lint, document, and report file sizes
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	@scripts/sizes

fast: ## test the domain only (seconds)
	cargo test -p cartera-domain

web: ## build the web pages (GraphiQL for now) into the folders that the program embeds
	@scripts/web

schema: ## print api/schema.graphql anew
	cargo run -q -p cartera --bin cartera -- schema > api/schema.graphql

queries: ## write .sqlx anew, after a change of SQL
	@scripts/queries

bench: ## measure, print a table with ratios, write JSON
	cargo run --release -p cartera --bin cartera -- bench

docs: ## open the crates' documentation
	cargo doc --workspace --no-deps --document-private-items --open
