GO ?= go
DATA ?= $(or $(DEDUP_DATA),../shared/data)

.PHONY: build test test-all race lint cross fuzz soak soak-clean soak-near bench bench-programs bench-speed bench-tools bench-index golden quality weight module snapshot clean

build: ## one static binary, bin/dedup
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/dedup ./cmd/dedup

test:
	$(GO) test ./...

test-all: test ## also the modules beside the main one: the benchmarks, and what needs a browser or other readers
	@for m in bench internal/acceptance; do echo "$$m"; $(GO) test -C $$m ./... || exit 1; done

race:
	$(GO) test -race -short ./...

lint:
	@bad=$$(gofmt -s -l .); if [ -n "$$bad" ]; then echo "not formatted (gofmt -s -w):"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool -modfile=tools/lint/go.mod staticcheck ./...

cross: ## build and vet, tests too, for every system that a release is made for
	.ci/cross

FUZZTIME ?= 10s
fuzz: ## every fuzz target for FUZZTIME
	@for p in $$($(GO) list ./...); do \
		for t in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "$$p $$t"; $(GO) test -run '^$$' -fuzz "^$$t$$" -fuzzminimizetime 20x -fuzztime $(FUZZTIME) $$p || exit 1; \
		done; \
	done

TIME ?= 10m
soak: ## what can go on for ever, for TIME in all: kills, faults, hostile near-duplicates, clean and restore, every fuzz target
	GO=$(GO) .ci/soak $(TIME)

SOAK ?= 10000
soak-clean: ## clean random corpora of every format and compression, restore them and compare, for a time or a number of rounds (SOAK=30m)
	DEDUP_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -v -run '^TestSoak$$' ./internal/clean

KILLS ?= 100
soak-add: ## kill clean --index --add so many times, and hold output and index against each other
	DEDUP_KILLS=$(KILLS) $(GO) test -count=1 -timeout 0 -v -run '^TestKilledCleanInto$$' ./cmd/dedup

HOSTILE ?= 1000000
soak-near: ## near-duplicates of hostile texts against brute force, for a time or a number of texts (HOSTILE=30m)
	DEDUP_SOAK=$(HOSTILE) $(GO) test -count=1 -timeout 0 -v -run '^TestHostileSoak$$' ./internal/cluster/near

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-programs: ## the programs of bench/, which is a module of its own, into bin/bench
	$(GO) build -C bench -o ../bin/bench/ ./index ./plant ./quality ./speed ./weight

bench-speed: build bench-programs ## dedup beside wc -w on the same file; prints the table of docs/benchmarks.md
	DEDUP_DATA=$(DATA) bin/bench/speed -dedup bin/dedup

bench-tools: build ## dedup beside rensa, datasketch, text-dedup and datatrove, which it installs into a throw-away environment (TOOLS="--planted 1000000 --copies 7": at size too)
	DEDUP_DATA=$(DATA) bench/tools/run --dedup bin/dedup $(TOOLS)

bench-index: build bench-programs ## the corpus index: a million planted articles, a drop of 10,000
	bin/bench/index -dedup bin/dedup

golden: ## renew the golden files after a wanted change of output
	$(GO) test ./cmd/dedup ./internal/report -update

quality: build bench-programs ## measure against labelled data; says so where there is none
	DEDUP_DATA=$(DATA) bin/bench/quality -dedup bin/dedup
	@echo "Phrases, of 300 candidates labelled by hand:"
	@DEDUP_DATA=$(abspath $(DATA)) $(GO) test -count=1 -run '^TestLabels$$' -v ./internal/phrase | grep -E 'fitted on|other half|SKIP|FAIL'
	@if [ -d "$(DATA)/events" ]; then DEDUP_DATA=$(abspath $(DATA)) DEDUP_LEAVE_OUT=1 $(GO) test -count=1 -timeout 0 -v -run 'TestLeaveOneFamilyOut|TestLiving' ./internal/cluster/story; fi

clean:
	rm -rf bin

weight: bench-programs ## what is in the program, by module: the table of docs/weight.md
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/dedup-whole ./cmd/dedup
	bin/bench/weight bin/dedup-whole

module: ## give the module its address: make module PATH=github.com/owner/name
	@PATH=/usr/bin:/bin .ci/module '$(PATH)'

snapshot: ## check the release configuration and make a release without publishing it
	.ci/snapshot
