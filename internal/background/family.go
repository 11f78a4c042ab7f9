package background

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"dedup/internal/text"
)

// English is the language of the embedded news model.
const English = "en"

// languages are those that a model is embedded for. The news model is of English, the others are
// made of n-gram counts (gen).
var languages = []string{English, "fr", "de", "es", "it", "ru", "he", "zh"}

//go:embed models/*.model models/*.words
var embeddedLanguages embed.FS

// mostLanguages is how many languages a family can have.
const mostLanguages = 64

// family is the models of a run by language, and the words that tell the languages apart.
type family struct {
	models    map[string]*Model // English is not among them
	languages []string
	words     map[uint64]uint64 // by hash, the set of languages that have it among their commonest
}

// embeddedFamily reads the embedded models. All are on the scale of the news model, so that terms
// of two languages weigh alike.
var embeddedFamily = sync.OnceValue(func() *family {
	f := &family{models: map[string]*Model{}, words: map[uint64]uint64{}}
	for _, lang := range languages {
		words, err := readWords(lang)
		if err == nil && lang != English {
			f.models[lang], err = readLanguage(lang)
		}
		if err != nil {
			panic(fmt.Sprintf("embedded model of language %s: %v", lang, err)) // a test loads it
		}
		f.tell(lang, words)
	}
	return f
})

func readLanguage(lang string) (*Model, error) {
	data, err := embeddedLanguages.ReadFile("models/" + lang + ".model")
	if err != nil {
		return nil, err
	}
	return parse(data)
}

// readWords reads the commonest words of a language.
func readWords(lang string) (words []uint64, err error) {
	data, err := embeddedLanguages.ReadFile("models/" + lang + ".words")
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, text.Hash(string(text.AppendNormal(nil, strings.TrimSpace(line)))))
		}
	}
	return words, err
}

// tell adds the commonest words of a language.
func (f *family) tell(lang string, words []uint64) {
	if len(f.languages) == mostLanguages {
		return
	}
	for _, h := range words {
		f.words[h] |= 1 << len(f.languages)
	}
	f.languages = append(f.languages, lang)
}

func (f *family) clone() *family {
	return &family{maps.Clone(f.models), slices.Clone(f.languages), maps.Clone(f.words)}
}

// Of is the model for a text in the language that it is written in: the embedded one, or the one
// that Learn made, or m itself where there is none. A model that was read from a file is the model
// of all texts.
func (m *Model) Of(s string) *Model {
	if m.family == nil {
		return m
	}
	if other := m.family.models[m.family.cheaply(s, 1)]; other != nil {
		return other
	}
	return m
}
