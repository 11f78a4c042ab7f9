package article

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
)

// A text file may start with a head that says what it is: YAML between lines "---", or TOML between
// lines "+++", as site generators write above Markdown. The head is no text. What it says of title,
// date, source, url and id is taken by the usual names; the text starts behind it, and the record
// is still the whole file, so that clean writes the head again byte for byte.
//
// "---" is a rule too, so a head must be one: a mapping whose keys are single words, of which at
// least one is known.

const (
	maxFront  = 64 << 10 // bytes of a head
	maxNested = 3        // mappings in mappings that are looked into
)

// frontKeys are keys of site generators (Jekyll, Hugo, Pelican, Eleventy) that say nothing about an
// article, but tell a head from a text.
var frontKeys = []string{"layout", "draft", "tags", "tag", "categories", "category", "slug", "author", "authors", "description", "summary", "keywords", "weight",
	"type", "aliases", "lastmod", "lang", "language", "image", "excerpt"}

// frontPair is a key of a head, joined by dots where it stands in another, with its value.
type frontPair struct{ key, value string }

// front takes the head off a text: it puts what the head says into v, and gives where the text
// starts and how many lines stand before it; 0, 0 where there is no head.
func (s *schema) front(data []byte, v *values) (body, lines int) {
	first, rest, ok := cutLine(data)
	mark := string(bytes.TrimRight(first, " \t"))
	if !ok || mark != "---" && mark != "+++" {
		return 0, 0
	}
	head, body := frontEnd(data, len(data)-len(rest), mark)
	if body == 0 {
		return 0, 0
	}
	parse := yamlPairs
	if mark == "+++" {
		parse = tomlPairs
	}
	pairs, ok := parse(head)
	if !ok || !s.isFront(pairs) {
		return 0, 0
	}
	for _, p := range pairs {
		for _, t := range s.names[foldName(p.key)] {
			if t.field != fieldText {
				v.put([]target{t}, []byte(p.value))
			}
		}
	}
	return body, bytes.Count(data[:body], newline)
}

// frontEnd finds the line that ends the head, which starts at data[from]; body is 0 where there is
// none.
func frontEnd(data []byte, from int, mark string) (head []byte, body int) {
	for at := from; at < min(len(data), maxFront); {
		line, _, more := bytes.Cut(data[at:], newline)
		next := at + len(line)
		if more {
			next++
		}
		if end := string(bytes.TrimRight(line, " \t\r")); end == mark || mark == "---" && end == "..." {
			return data[from:at], next
		}
		at = next
	}
	return nil, 0
}

// isFront tells whether keys and values are a head rather than text between two rules.
func (s *schema) isFront(pairs []frontPair) bool {
	known := false
	for _, p := range pairs {
		key, _, _ := strings.Cut(p.key, ".")
		if !fieldName([]byte(strings.ReplaceAll(key, "_", "-"))) {
			return false
		}
		known = known || slices.Contains(frontKeys, strings.ToLower(key)) ||
			slices.ContainsFunc(s.names[foldName(p.key)], func(t target) bool { return t.field != fieldText })
	}
	return known
}

// yamlPairs reads a head in YAML. Heads that people write by hand are often no YAML ("title: Ferry:
// a review"); these are read line by line.
func yamlPairs(head []byte) ([]frontPair, bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal(head, &doc); err != nil {
		return linePairs(head)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	return nodePairs(nil, "", doc.Content[0], maxNested), true
}

func nodePairs(pairs []frontPair, prefix string, n *yaml.Node, depth int) []frontPair {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := prefix+n.Content[i].Value, n.Content[i+1]
		switch {
		case value.Kind == yaml.MappingNode && depth > 1:
			pairs = nodePairs(append(pairs, frontPair{key, ""}), key+".", value, depth-1)
			continue
		case value.Kind == yaml.SequenceNode && len(value.Content) > 0:
			value = value.Content[0]
		}
		text := ""
		if value.Kind == yaml.ScalarNode && value.ShortTag() != "!!null" {
			text = value.Value
		}
		pairs = append(pairs, frontPair{key, text})
	}
	return pairs
}

// linePairs reads lines "key: value"; lines that are indented, items of lists and comments are
// passed over, any other line says that this is no head.
func linePairs(head []byte) (pairs []frontPair, ok bool) {
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, " \t\r\n")
		if len(line) == 0 || strings.IndexByte(" \t-#", line[0]) >= 0 {
			continue
		}
		key, value, ok := strings.Cut(string(line), ":")
		if !ok || value != "" && value[0] != ' ' {
			return nil, false
		}
		value = strings.TrimSpace(value)
		if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		pairs = append(pairs, frontPair{key, value})
	}
	return pairs, true
}

func tomlPairs(head []byte) ([]frontPair, bool) {
	var table map[string]any
	if err := toml.Unmarshal(head, &table); err != nil {
		return nil, false
	}
	return tablePairs(nil, "", table, maxNested), true
}

func tablePairs(pairs []frontPair, prefix string, table map[string]any, depth int) []frontPair {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key, value := prefix+name, table[name]
		if list, ok := value.([]any); ok && len(list) > 0 {
			value = list[0]
		}
		if t, ok := value.(map[string]any); ok && depth > 1 {
			pairs = tablePairs(append(pairs, frontPair{key, ""}), key+".", t, depth-1)
			continue
		}
		pairs = append(pairs, frontPair{key, tomlText(value)})
	}
	return pairs
}

// tomlText gives a value as it would stand in other formats.
func tomlText(value any) string {
	switch x := value.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case time.Time:
		switch x.Location().String() { // names that the package gives to times without a zone
		case "date-local":
			return x.Format(time.DateOnly)
		case "datetime-local":
			return x.Format("2006-01-02T15:04:05")
		case "time-local":
			return ""
		}
		return x.Format(time.RFC3339Nano)
	}
	return ""
}
