package date

import (
	"testing"
	"time"
)

func TestDateOfURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://www.theguardian.com/world/2014/apr/25/ukraine":                "2014-04-25",
		"https://example.com/2014/04/25/a-title":                              "2014-04-25",
		"https://example.com/2014/4/5/":                                       "2014-04-05",
		"https://example.com/news/2014-04-25":                                 "2014-04-25",
		"http://africa.chinadaily.com.cn/world/2017-09/15/content_32041310":   "2017-09-15",
		"http://www.latimes.com/la-fi-mo-plosser-20140310,0,1312750.story":    "2014-03-10",
		"http://example.com/20140310/x":                                       "2014-03-10",
		"//example.com/a/2016_12_31.html":                                     "2016-12-31",
		"http://example.com/2014/04/":                                         "",
		"http://example.com/2014/04":                                          "",
		"http://example.com/2014/13/25/x":                                     "",
		"http://example.com/2014/02/30/x":                                     "",
		"http://example.com/1814/04/25/x":                                     "",
		"http://example.com/x20140425/":                                       "",
		"http://example.com/201404251/":                                       "",
		"http://2014-04-25.example.com/x":                                     "",
		"http://2014-04-25.example.com":                                       "",
		"http://www.baomoi.com/tuoitre.vn/Phe-doi-lap-Campuchia/12240106.epi": "",
		"2014/04/25": "",
		"":           "",
	} {
		d, ok := FromURL(url)
		got := ""
		if ok {
			got = d.Time.Format(time.DateOnly)
		}
		if got != want || ok && !d.DayOnly {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

// FuzzURL: whatever the address, there is a day of the years that it may name, or none.
func FuzzURL(f *testing.F) {
	f.Add("http://a/2014/apr/2")
	f.Add("//a/19991231")
	f.Add("http://a/2014-")
	f.Add("http://a/20140")
	f.Fuzz(func(t *testing.T, url string) {
		if d, ok := FromURL(url); ok && (d.Time.Year() < 1990 || d.Time.Year() > 2099) {
			t.Errorf("%q: %v", url, d.Time)
		}
	})
}
