# dedup and nothing else: one static program, run by nobody in particular. The file system may be read-only; what does not fit into memory goes to /tmp, which a run
# gives it, or to --tmp.
#
#   docker build -t dedup .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD:/data:ro" dedup scan /data/corpus
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w" -o /out/dedup ./cmd/dedup && mkdir -m 1777 /out/tmp

FROM scratch
COPY --from=build /out/ /
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/dedup"]
