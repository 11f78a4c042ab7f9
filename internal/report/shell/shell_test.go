package shell

import (
	"strings"
	"testing"
)

func TestFillEscapes(t *testing.T) {
	got := Fill("<h1>{{title}}</h1><p>{{intro}}</p>", "title", `</h1><script>alert("1")</script>{{intro}}`, "intro", "a & b")
	want := "<h1>&lt;/h1&gt;&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;{{intro}}</h1><p>a &amp; b</p>"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestHead(t *testing.T) {
	head := Page{Title: "<b>", Style: "p{}", Script: "run()"}.Head()
	for _, want := range []string{"<title>&lt;b&gt;</title>", "<style>p{}</style>", "script-src 'sha256-" + sum("run()") + "'", "style-src 'sha256-" + sum("p{}") + "'"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %s in\n%s", want, head)
		}
	}
}
