package background

// Told names the language whose model Of gives for a text; "" where that is m itself. In gives the
// model again, for who keeps the name instead of the text.
func (m *Model) Told(s string) string {
	if m.family == nil {
		return ""
	}
	if lang := m.family.cheaply(s, 1); m.family.models[lang] != nil {
		return lang
	}
	return ""
}

// In is the model of a language that Told named, or m itself where it has none.
func (m *Model) In(lang string) *Model {
	if m.family != nil {
		if other := m.family.models[lang]; other != nil {
			return other
		}
	}
	return m
}
