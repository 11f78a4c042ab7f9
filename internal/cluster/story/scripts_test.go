package story

import (
	"slices"
	"strings"
	"testing"
)

// TestKeywordsOfSeedAlone: "uncondition" was shown where the opening ends inside of a word.
func TestKeywordsOfSeedAlone(t *testing.T) {
	for i, a := range seeds(t).articles {
		for _, s := range told(t, []Article{a}, Options{}).Events {
			t.Logf("%d: %q", i, s.Keywords)
			for _, k := range s.Keywords {
				at := strings.Index(a.Text, k)
				if at < 0 || at > 0 && letterAt(a.Text[:at], true) || letterAt(a.Text[at+len(k):], false) {
					t.Errorf("seed %d: %q is no whole word of it", i, k)
				}
			}
			if slices.Contains(s.Keywords, "face talks") {
				t.Error("the second half of \"face-to-face talks\" is a keyword")
			}
		}
	}
}

func letterAt(s string, end bool) bool {
	if s == "" {
		return false
	}
	b := s[0]
	if end {
		b = s[len(s)-1]
	}
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// TestKeywordsWithoutSpaces: Chinese keywords were single characters, Thai ones fragments.
func TestKeywordsWithoutSpaces(t *testing.T) {
	for _, c := range []struct {
		lang  string
		texts []string
		want  []string
	}{
		{"Chinese", []string{
			"停火谈判周五在伊斯坦布尔举行。俄罗斯代表团团长梅金斯基说，停火谈判持续了两个小时。乌克兰要求立即停火。",
			"在伊斯坦布尔，乌克兰与俄罗斯重启停火谈判。梅金斯基率领俄罗斯代表团。双方同意交换战俘。",
			"梅金斯基对记者表示，伊斯坦布尔会谈令人满意；乌克兰方面对停火谈判没有评论，战俘将获释。",
		}, []string{"伊斯坦布尔", "停火谈判", "梅金斯基"}},
		{"Japanese", []string{
			"イスタンブールで停戦交渉が金曜日に行われた。メジンスキー氏は停戦交渉が二時間続いたと述べた。",
			"停戦交渉はイスタンブールで再開した。ロシア側はメジンスキー補佐官が率いた。",
			"メジンスキー氏は記者団に、イスタンブールでの停戦交渉に満足していると語った。",
		}, []string{"イスタンブール", "停戦交渉", "メジンスキー"}},
		{"Thai", []string{
			"การเจรจาหยุดยิงที่อิสตันบูลเมื่อวันศุกร์ เมดินสกีกล่าวว่าการเจรจาใช้เวลาสองชั่วโมง",
			"รัสเซียเริ่มการเจรจาหยุดยิงใหม่ในอิสตันบูล โดยเมดินสกีเป็นหัวหน้า",
			"เมดินสกีพอใจกับการเจรจาหยุดยิง แต่อิสตันบูลยังเงียบ",
		}, []string{"อิสตันบูล", "เมดินสกี"}},
	} {
		var articles []Article
		for _, s := range c.texts {
			articles = append(articles, Article{Text: s, Near: 1})
		}
		for i := range articles {
			articles[i].Near = -1
		}
		s := told(t, articles, Options{}).Events
		t.Logf("%s: %d stories, %q", c.lang, len(s), s[0].Keywords)
		if len(s) > 1 {
			continue
		}
		for _, want := range c.want {
			if !slices.Contains(s[0].Keywords, want) {
				t.Errorf("%s: %q is not in %q", c.lang, want, s[0].Keywords)
			}
		}
	}
}

// TestKeywordsOfUnknownLanguage: Arabic and Indonesian keywords were function words.
func TestKeywordsOfUnknownLanguage(t *testing.T) {
	articles := []Article{
		{Text: "Gempa bumi mengguncang Lombok pada hari Minggu dan merusak ribuan rumah. Warga Lombok mengungsi dari rumah mereka, dan bantuan dari pemerintah belum tiba. Pemerintah mengatakan bahwa korban gempa itu terus bertambah dan bahwa rumah sakit tidak cukup. Dari Mataram dilaporkan bahwa jalan dan jembatan itu rusak.", Near: -1},
		{Text: "Korban gempa di Lombok terus bertambah dan rumah sakit di Mataram penuh. Pemerintah mengatakan bahwa bantuan dari Jakarta itu sudah dikirim dan tiba pada hari Senin. Warga tidak berani tidur di dalam rumah dan tinggal di tenda dari pemerintah.", Near: -1},
	}
	s := told(t, articles, Options{}).Events
	for _, story := range s {
		t.Logf("%q", story.Keywords)
		for _, k := range story.Keywords {
			if slices.Contains(strings.Fields("dan dari itu pada di bahwa tidak dengan"), k) {
				t.Errorf("%q is a keyword", k)
			}
		}
	}
}
