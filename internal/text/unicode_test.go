package text

import (
	"strings"
	"testing"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/clipperhouse/uax29/v2/words"
)

// samples say "The mayor opened the new bridge on 5 May, two years late." and the like.
var samples = map[string]string{
	"English":    "The mayor's wife didn't open the new bridge (two years late) on 5 May; it cost 1,000.5 million.",
	"French":     "Le maire a inauguré le nouveau pont aujourd’hui, avec deux ans de retard : l’été fut long.",
	"German":     "Der Bürgermeister eröffnete die neue Brücke am 5. Mai – zwei Jahre zu spät, heißt es.",
	"Turkish":    "Belediye başkanı yeni köprüyü iki yıl gecikmeyle 5 Mayıs'ta İstanbul'da açtı.",
	"Russian":    "Мэр открыл новый мост 5 мая, на два года позже, чем обещал: «ёлки-палки», сказали горожане.",
	"Greek":      "Ο δήμαρχος εγκαινίασε τη νέα γέφυρα στις 5 Μαΐου, με δύο χρόνια καθυστέρηση.",
	"Hebrew":     "ראש העיר פתח את הגשר החדש בחמישי במאי, באיחור של שנתיים.",
	"Arabic":     "افتتح العمدة الجسر الجديد في ٥ مايو، متأخرًا عامين.",
	"Hindi":      "महापौर ने 5 मई को नया पुल खोला, दो साल की देरी से।",
	"Korean":     "시장은 5월 5일 새 다리를 2년 늦게 개통했다.",
	"Vietnamese": "Thị trưởng khánh thành cây cầu mới vào ngày 5 tháng 5, muộn hai năm.",
	"Amharic":    "ከንቲባው አዲሱን ድልድይ በግንቦት 5 ከፈቱ።",
	"Chinese":    "市长5月5日为新桥剪彩，晚了两年。",
	"Japanese":   "市長は5月5日に新しい橋を開通させた。",
	"Thai":       "นายกเทศมนตรีเปิดสะพานใหม่เมื่อวันที่ 5 พฤษภาคม ช้าไปสองปี",
}

// TestUnicodeWords compares with the words of Unicode Standard Annex 29 where that says the same as
// our definition; in scripts without spaces, where ours is finer, with its grapheme clusters.
func TestUnicodeWords(t *testing.T) {
	for language, s := range samples {
		var want []string
		finer := language == "Chinese" || language == "Japanese" || language == "Thai"
		it := words.FromString(s)
		for it.Next() {
			w := it.Value()
			if strings.IndexFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
				continue
			}
			if !finer || unicode.IsDigit(rune(w[0])) {
				want = append(want, strings.TrimSuffix(w, "'s"))
				continue
			}
			for g := graphemes.FromString(w); g.Next(); {
				want = append(want, g.Value())
			}
		}
		var got []string
		for _, k := range AppendTokens(nil, s) {
			got = append(got, s[k.Start:k.End])
		}
		if g, w := strings.Join(got, "|"), strings.Join(want, "|"); g != w {
			t.Errorf("%s:\n got %s\nwant %s", language, g, w)
		}
		checkTokens(t, s)
	}
}

// TestGoldenHashes holds the hashes of tokens, which indexes and background models keep. They must
// never change under one Version.
func TestGoldenHashes(t *testing.T) {
	for s, want := range map[string]uint64{
		"a": 0xe6c632b61e964e1f, "The": 0xcb1283631cf33d7d, "mayor's": 0xaf9696d56478c843, "don’t": 0x0c7ef667e2910fd2,
		"Internationalisation": 0xc3ae0482870c03be, "1,000.5": 0x5784e0b6d5aa9ce3, "İSTANBUL": 0x1c06d281c04ae77a,
		"Мэр": 0xb5ead6e3a72d0188, "橋": 0x3de11fe9bd7c0991,
	} {
		toks := AppendTokens(nil, s)
		if len(toks) != 1 || toks[0].Hash != want {
			t.Errorf("%q: %#x, // %v", s, toks[0].Hash, spell(s, toks))
		}
	}
}

func BenchmarkTokens(b *testing.B) {
	for _, language := range []string{"English", "French", "Russian", "Hindi", "Chinese"} {
		s := strings.Repeat(samples[language]+"\n", 200)
		var toks []Token
		b.Run(language, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				toks = AppendTokens(toks[:0], s)
			}
		})
	}
}

func BenchmarkSentences(b *testing.B) {
	s := strings.Repeat(samples["English"]+"\n", 200)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		AppendSentences(nil, s)
	}
}
