package gate

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dedup/internal/nearest"
)

// Setting is one key of a configuration file.
type Setting struct {
	Key   string
	Value string   // as the flag of that name takes it; the items of a list with commas between them
	Items []string // of a list; nil where the file has one value
	Line  int
}

// maxConfig is how long a configuration may be, in bytes.
const maxConfig = 1 << 20

// ReadConfig reads a configuration, a YAML mapping of the given names to single values or lists of
// them, in the order of the file. It expands no aliases and converts no values: what stands there
// is what the flag gets, and the flag decides whether it will do. Errors start with name and line.
// why is asked about a name that is not known, and gives the hint of the error; nil or empty: the
// nearest name that is known.
func ReadConfig(r io.Reader, name string, known []string, why func(key string) string) ([]Setting, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("%s: it is larger than %d bytes, so it is no configuration", name, maxConfig)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntax(name, err)
	}
	if err := dec.Decode(&more); err == nil {
		return nil, fmt.Errorf("%s:%d: a second document\nhint: a configuration is one", name, max(1, more.Line))
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(name, err)
	}
	c := &config{name: name, known: known, why: why}
	return c.document(&doc)
}

// syntax puts the name of the file and the line before what the YAML package says.
func syntax(name string, err error) error {
	say := strings.TrimPrefix(err.Error(), "yaml: ")
	if line, rest, ok := strings.Cut(strings.TrimPrefix(say, "line "), ": "); ok && strings.HasPrefix(say, "line ") {
		return fmt.Errorf("%s:%s: %s", name, line, rest)
	}
	return fmt.Errorf("%s: %s", name, say)
}

// config checks the nodes of one file.
type config struct {
	name  string
	known []string
	why   func(key string) string
}

func (c *config) fail(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", c.name, n.Line, fmt.Errorf(format, args...))
}

func (c *config) document(doc *yaml.Node) ([]Setting, error) {
	top := doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		top = doc.Content[0]
	}
	if top.Kind == yaml.ScalarNode && top.ShortTag() == "!!null" {
		return nil, nil
	}
	if top.Kind != yaml.MappingNode {
		return nil, c.fail(top, "%s where keys and values belong\nhint: write max-duplicates: 0.5%%", kind(top))
	}
	var settings []Setting
	line := map[string]int{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return nil, c.fail(key, "%s where a key belongs", kind(key))
		}
		if !slices.Contains(c.known, key.Value) {
			return nil, c.unknown(key)
		}
		if before, twice := line[key.Value]; twice {
			return nil, c.fail(key, "%s stands on line %d already", key.Value, before)
		}
		line[key.Value] = key.Line
		s, err := c.setting(key, value)
		if err != nil {
			return nil, err
		}
		settings = append(settings, s)
	}
	return settings, nil
}

// unknown says which key was meant.
func (c *config) unknown(key *yaml.Node) error {
	hint := "the keys are " + strings.Join(c.known, ", ")
	if near := nearest.Word(key.Value, c.known); near != "" {
		hint = "did you mean " + near + "?"
	}
	if c.why != nil {
		hint = cmp.Or(c.why(key.Value), hint)
	}
	return c.fail(key, "unknown key %q\nhint: %s", key.Value, hint)
}

func (c *config) setting(key, value *yaml.Node) (Setting, error) {
	s := Setting{Key: key.Value, Line: key.Line}
	if value.Kind != yaml.SequenceNode {
		v, err := c.scalar(key, value)
		s.Value = v
		return s, err
	}
	s.Items = []string{}
	for _, item := range value.Content {
		v, err := c.scalar(key, item)
		if err != nil {
			return s, err
		}
		if strings.ContainsAny(v, ",\"\r\n") { // a flag that takes a list takes it as one line of CSV
			return s, c.fail(item, "%s: %q holds a comma, a quotation mark or a line break, which an item cannot", key.Value, v)
		}
		s.Items = append(s.Items, v)
	}
	s.Value = strings.Join(s.Items, ",")
	return s, nil
}

// scalar is a single value as it is written.
func (c *config) scalar(key, value *yaml.Node) (string, error) {
	if value.Kind != yaml.ScalarNode {
		return "", c.fail(value, "%s: %s where a single value belongs", key.Value, kind(value))
	}
	switch tag := value.ShortTag(); tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		return value.Value, nil
	case "!!null":
		return "", c.fail(value, "%s has no value\nhint: leave the line out for the default; write \"\" for an empty one", key.Value)
	default:
		return "", c.fail(value, "%s: values of type %s are not taken", key.Value, tag)
	}
}

// kind names what a node is.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		return "a single value"
	}
}
