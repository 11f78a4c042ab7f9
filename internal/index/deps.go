package index

import (
	_ "github.com/cockroachdb/pebble/v2"
	_ "github.com/cockroachdb/pebble/v2/sstable"
	_ "github.com/gofrs/flock"
	_ "github.com/jstemmer/go-junit-report/v2/junit"
	_ "github.com/owenrumney/go-sarif/v3/pkg/report"
	_ "go.yaml.in/yaml/v3"
)
