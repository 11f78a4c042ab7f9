// Package shell is what every HTML file of ours has around its data. Such a file opens offline:
// data, styles and script are in it. Its content security policy forbids every request and every
// script but the file's own, which is named by its hash. The data are JSON in elements that are
// never run. The few texts that stand in the markup itself go through Fill, which escapes them.
//
// html/template would do too, and costs the program 5 MB: it calls methods by name, so that the
// linker has to keep every exported method of every type.
package shell

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
)

// Page is what a file is, besides its data. Style and Script are our own, and hold no end tag.
type Page struct{ Title, Style, Script string }

// Head gives all that comes before the content of the body.
func (p Page) Head() string {
	policy := fmt.Sprintf("default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; "+
		"require-trusted-types-for 'script'; trusted-types 'none'", sum(p.Script), sum(p.Style))
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="` + policy + `">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>` + html.EscapeString(p.Title) + `</title>
<link rel="icon" href="data:,">
<style>` + p.Style + `</style>
</head>
<body>
`
}

// Run gives the element of the script.
func (p Page) Run() string { return "<script>" + p.Script + "</script>\n" }

// Tail ends the file.
const Tail = "</body>\n</html>\n"

// Data begins an element of JSON, in which every < must be escaped, as encoding/json does. End ends
// it.
func Data(w *bufio.Writer, id string) {
	fmt.Fprintf(w, "<script type=\"application/json\" id=\"%s\">", id)
}

// End ends an element that Data began.
func End(w *bufio.Writer) { w.WriteString("</script>\n") }

// Fill puts texts into markup of ours: names and texts by turns, where the name "intro" stands in
// the markup as {{intro}}. What a text holds is escaped, and is not filled in again.
func Fill(markup string, texts ...string) string {
	pairs := make([]string, len(texts))
	for i := 0; i+1 < len(texts); i += 2 {
		pairs[i], pairs[i+1] = "{{"+texts[i]+"}}", html.EscapeString(texts[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(markup)
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(h[:])
}
