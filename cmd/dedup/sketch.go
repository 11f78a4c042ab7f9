package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dedup/internal/engine"
)

func newSketchCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sketch [PATH...]",
		Short: "Print the fingerprint and signature of every article",
		Long: `sketch prints the 64-bit simhash fingerprint of every article (16 hexadecimal
digits; empty for a text too short to have one) and its MinHash signature (eight
hexadecimal digits a slot). "dedup version" names the scheme that both belong to.

Columns: id, fingerprint, signature.
`,
		Example: `  dedup sketch corpus.jsonl > sketches.tsv
  dedup sketch --format jsonl seeds/ | jq -r .fingerprint`,
	}
	return newStageCmd(a, cmd, nil, func(cmd *cobra.Command, s *stage, cfg engine.Config) error {
		return s.rows(&cfg, []string{"id", "fingerprint", "signature"}, func(t *table) (int, error) {
			var hex []byte
			return engine.Sketches(cmd.Context(), cfg, func(k engine.Sketch) error {
				t.str(k.ID)
				if k.Has {
					t.str(fmt.Sprintf("%016x", k.Fingerprint))
				} else {
					t.str("")
				}
				hex = hex[:0]
				for _, v := range k.Signature {
					hex = fmt.Appendf(hex, "%08x", v)
				}
				t.str(string(hex))
				return t.end()
			})
		})
	})
}
