GO ?= go
DATA ?= $(or $(DEDUP_DATA),../shared/data)

.PHONY: build test race lint fuzz soak soak-clean bench bench-speed bench-tools bench-index golden quality clean

build: ## one static binary, bin/dedup
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/dedup ./cmd/dedup

test:
	$(GO) test ./...

race:
	$(GO) test -race -short ./...

lint:
	@bad=$$(gofmt -s -l cmd internal bench); if [ -n "$$bad" ]; then echo "not formatted (gofmt -s -w):"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

FUZZTIME ?= 10s
fuzz: ## every fuzz target for FUZZTIME
	@for p in $$($(GO) list ./...); do \
		for t in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "$$p $$t"; $(GO) test -run '^$$' -fuzz "^$$t$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
		done; \
	done

TIME ?= 10m
soak: ## what can go on for ever, for TIME in all: kills, faults, hostile near-duplicates, clean and restore, every fuzz target
	GO=$(GO) .ci/soak $(TIME)

SOAK ?= 10000
soak-clean: ## clean random corpora of every format and compression, restore them and compare, for a time or a number of rounds (SOAK=30m)
	DEDUP_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -v -run '^TestSoak$$' ./internal/engine

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-speed: build ## dedup beside wc -w on the same file; prints the table of docs/benchmarks.md
	DEDUP_DATA=$(DATA) $(GO) run ./bench/speed -dedup bin/dedup

bench-tools: build ## dedup beside rensa, datasketch, text-dedup and datatrove, which it installs into a throw-away environment
	DEDUP_DATA=$(DATA) bench/tools/run --dedup bin/dedup

bench-index: build ## the corpus index: a million planted articles, a drop of 10,000
	$(GO) run ./bench/index -dedup bin/dedup

golden: ## renew the golden files after a wanted change of output
	$(GO) test ./cmd/dedup ./internal/report -update

quality: build ## measure against labelled data; says so where there is none
	DEDUP_DATA=$(DATA) $(GO) run ./bench/quality -dedup bin/dedup

clean:
	rm -rf bin
