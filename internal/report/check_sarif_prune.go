package report

import (
	"bytes"
	"encoding/json"
)

// minusOne are the properties of SARIF whose default is -1.
var minusOne = map[string]bool{"id": true, "index": true, "parentIndex": true, "byteOffset": true, "charOffset": true, "rank": true}

// prune takes out of a JSON value what the SARIF package writes although it says nothing: empty arrays and properties at their default of -1. They are
// two thirds of a log. The order of properties stays; the results of a run stay too, for a run without the property is one that looked for nothing.
func prune(value []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	var out bytes.Buffer
	out.Grow(len(value) / 2)
	if err := pruneValue(&out, dec); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// pruneValue copies the next value of dec.
func pruneValue(out *bytes.Buffer, dec *json.Decoder) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		return pruneObject(out, dec)
	case json.Delim('['):
		out.WriteByte('[')
		for first := true; dec.More(); first = false {
			if !first {
				out.WriteByte(',')
			}
			if err := pruneValue(out, dec); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		_, err = dec.Token()
		return err
	}
	return putJSON(out, tok)
}

// pruneObject copies an object whose brace was read.
func pruneObject(out *bytes.Buffer, dec *json.Decoder) error {
	out.WriteByte('{')
	empty := out.Len()
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		before := out.Len()
		if before > empty {
			out.WriteByte(',')
		}
		if err := putJSON(out, name); err != nil {
			return err
		}
		out.WriteByte(':')
		at := out.Len()
		if err := pruneValue(out, dec); err != nil {
			return err
		}
		switch v := string(out.Bytes()[at:min(at+3, out.Len())]); {
		case v == "[]" && name != "results", v == "-1" && minusOne[name.(string)]:
			out.Truncate(before)
		}
	}
	out.WriteByte('}')
	_, err := dec.Token()
	return err
}

// putJSON writes a name, a string, a number, true, false or null.
func putJSON(out *bytes.Buffer, v any) error {
	if err := encoder(out).Encode(v); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the line end
	return nil
}
