package near

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dedup/internal/text"
)

// tokens is what the engine feeds for a text.
func tokens(s string) []text.Token { return text.Once(text.AppendTokens(nil, s), s) }

func textClusters(t *testing.T, texts ...string) []Cluster {
	t.Helper()
	var docs [][]text.Token
	for _, s := range texts {
		docs = append(docs, tokens(s))
	}
	got, err := feedNear(t, Options{}, docs, 1, 2).Clusters(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// together says which articles are in a cluster, as "0 1, 2 3".
func together(clusters []Cluster) string {
	var parts []string
	for _, c := range clusters {
		var ids []int32
		for _, m := range c.Members {
			ids = append(ids, m.Article)
		}
		slices.Sort(ids)
		parts = append(parts, strings.Trim(fmt.Sprint(ids), "[]"))
	}
	return strings.Join(parts, ", ")
}

const harbour = `The harbour of Lindenport was closed on Tuesday after a freighter lost forty containers in heavy seas, the coast guard said. ` +
	`Three tugs from the neighbouring town were on their way, and the pilots' office told other ships to wait outside the bay until morning. ` +
	`“We don’t expect the fairway to be clear before Wednesday’s high tide,” said Mayor Edda Fløystad, who visited the quay at noon. ` +
	`Nobody was hurt. The company that owns the freighter said it would pay for the search and that most of the boxes held flat-packed furniture.`

func running(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%d ", r.IntN(3000))
	}
	return b.String()
}

func TestTheSameTextInOtherClothesIsOneCluster(t *testing.T) {
	wrapped := strings.ReplaceAll(strings.ReplaceAll(harbour, " t", "\r\nt"), ". ", ".\n\n")
	quoted := strings.NewReplacer("“", `"`, "”", `"`, "’", "'").Replace(harbour)
	for name, other := range map[string]string{
		"re-wrapped":    wrapped,
		"re-quoted":     quoted,
		"dateline":      "LINDENPORT, March 4 (Coastal Press) - " + harbour,
		"capitals":      strings.ToUpper(harbour),
		"ligatures":     strings.NewReplacer("fl", "ﬂ", "fi", "ﬁ", "ff", "ﬀ").Replace(harbour),
		"soft hyphens":  strings.ReplaceAll(harbour, "container", "con\u00adtainer"),
		"headline once": "Harbour closed\n\n" + harbour,
		"no diacritics": strings.ReplaceAll(harbour, "ø", "o\u0338"),
	} {
		if got := together(textClusters(t, harbour, other)); got != "0 1" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestBriefInsideALongArticle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	brief := "A freighter lost forty containers off Lindenport on Tuesday in heavy seas and the harbour was closed until high tide the day after while " +
		"three tugs searched the whole bay"
	if n := len(tokens(brief)); n != 30 {
		t.Fatal(n, "words")
	}
	for range 50 {
		got := textClusters(t, running(r, 300)+brief+" "+running(r, 270), brief)
		if together(got) != "0 1" || got[0].Members[1].Rule != RuleContainment {
			t.Fatal(got)
		}
	}
}

// The full article stays and the brief goes, whichever came first, and whatever went for the brief
// finds another home or stays.
func TestTheLongerTextNeverGoesForTheShorter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	brief := running(r, 60)
	full := running(r, 200) + brief + running(r, 200)
	fuller := running(r, 100) + full + running(r, 150)
	words := strings.Fields(brief)
	like := strings.Join(words[:52], " ") + " " + running(r, 8) // resembles the brief, is not contained in the full article
	for name, c := range map[string]struct {
		texts []string
		want  string
	}{
		"brief first":                   {[]string{brief, full}, "1<0"},
		"brief last":                    {[]string{full, brief}, "0<1"},
		"copies of the brief":           {[]string{brief, brief, brief, full}, "3<0 3<1 3<2"},
		"a version of the brief stays":  {[]string{brief, like, full}, "2<0"},
		"it swallows twice":             {[]string{brief, full, fuller}, "2<0 2<1"},
		"the policy among what is like": {[]string{brief, full, full + running(r, 20), fuller}, "3<0 3<1 3<2"},
	} {
		var got []string
		for _, c := range textClusters(t, c.texts...) {
			for _, m := range c.Members[1:] {
				got = append(got, fmt.Sprintf("%d<%d", c.Members[0].Article, m.Article))
			}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// An update that keeps 60 % of the first take, and nothing else of it, is another text; one that
// keeps all of it and goes on is not.
func TestUpdatedStory(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	take, more := running(r, 300), running(r, 200)
	words := strings.Fields(take)
	if got := together(textClusters(t, take, strings.Join(words[:180], " ")+" "+more)); got != "" {
		t.Error("60 % kept:", got)
	}
	if got := together(textClusters(t, take, take+more)); got != "0 1" {
		t.Error("all kept:", got)
	}
	n := feedNear(t, Options{Threshold: 0.4}, [][]text.Token{tokens(take), tokens(strings.Join(words[:180], " ") + " " + running(r, 120))}, 1, 1)
	if got := pairs(t, n); len(got) != 1 || got[0].Resemblance() < 0.4 || got[0].Resemblance() > 0.45 {
		t.Error("60 % kept, threshold 0.4:", got)
	}
}

// Siblings of a template report different things, however their 80 % in common are laid out.
func TestTemplatesStayApart(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, blocks := range []int{1, 2, 4, 20} {
		for _, n := range []int{25, 100, 400} {
			frame := make([]string, blocks)
			for i := range frame {
				frame[i] = running(r, n*8/10/blocks)
			}
			var texts []string
			for range 30 {
				var b strings.Builder
				for _, f := range frame {
					b.WriteString(f + running(r, (n*2/10+blocks-1)/blocks))
				}
				texts = append(texts, b.String())
			}
			if got := together(textClusters(t, texts...)); got != "" {
				t.Errorf("%d words, %d blocks: %s", n, blocks, got)
			}
		}
	}
	market := "FACTBOX-Closing prices on the Lindenport exchange. The main index ended the day at %d points after %d the day before. Wheat stood at %d " +
		"crowns a tonne, copper at %d, timber at %d and herring at %d. Turnover came to %d million crowns in %d trades. The exchange opens again at nine."
	obituary := "%s, who was mayor of %s for many years, has died aged %d after a short illness, the family said in a statement on Sunday. " +
		"A service will be held on %s at the church of Saint %s, and flowers are asked not to be sent."
	weather := "Weather for %s: %s in the morning, %s by noon, highs of %d and lows of %d degrees, winds from the %s at %d knots. Sea areas: %s. Outlook: %s."
	if got := together(textClusters(t,
		fmt.Sprintf(market, 1042, 1038, 212, 8410, 377, 95, 61, 5120), fmt.Sprintf(market, 997, 1042, 208, 8395, 380, 99, 58, 4871),
		fmt.Sprintf(obituary, "Olaf Brandt", "Westerby", 91, "Friday", "Anne"), fmt.Sprintf(obituary, "Ingrid Voss", "Kattenes", 84, "Monday", "Mark"),
		fmt.Sprintf(weather, "Lindenport", "fog", "sun", 18, 9, "west", 12, "calm", "dry"), fmt.Sprintf(weather, "Kattenes", "rain", "hail", 11, 4, "north", 25, "rough", "wet"),
	)); got != "" {
		t.Error(got)
	}
}

func TestShortArticles(t *testing.T) {
	twenty := "The harbour of Lindenport was closed on Tuesday after a freighter lost forty containers in heavy seas said coast guards"
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{[]string{"", "", " \n"}, ""},
		{[]string{"Correction", "correction", "Obituary"}, "0 1"},
		{[]string{"Harbour closed until Wednesday noon", "Harbour closed until Wednesday noon.", "Harbour closed until Thursday noon", "Harbour closed until"}, "0 1"},
		{[]string{"Harbour closed until Wednesday noon after the storm", "Harbour closed until Wednesday noon after the storm passed"}, ""},
		{[]string{twenty, strings.ToUpper(twenty), twenty + " today", strings.Replace(twenty, "forty", "fifty", 1)}, "0 1 2"},
	} {
		if got := together(textClusters(t, c.texts...)); got != c.want {
			t.Errorf("%q: %q, want %q", c.texts, got, c.want)
		}
	}
}

// Two copies of a text, one with another end, and one other text, in scripts with and without
// spaces.
func TestScripts(t *testing.T) {
	for name, c := range map[string][2]string{
		"Russian": {"Порт закрыт до среды после того, как грузовое судно потеряло сорок контейнеров во время шторма, сообщила береговая охрана. Три буксира вышли в море, а остальные суда ждут на рейде до утра.",
			"В городском музее открылась выставка старых карт и лоций, которые собирал смотритель маяка. Вход для школьников свободный по воскресеньям."},
		"Arabic": {"أغلق الميناء حتى يوم الأربعاء بعد أن فقدت سفينة شحن أربعين حاوية في بحر هائج كما قال خفر السواحل. وخرجت ثلاث قاطرات إلى البحر بينما تنتظر السفن الأخرى خارج الخليج حتى الصباح.",
			"افتتح متحف المدينة معرضا للخرائط القديمة التي جمعها حارس المنارة طوال حياته. والدخول مجاني لتلاميذ المدارس أيام الأحد فقط."},
		"Hindi": {"तूफ़ान में एक मालवाहक जहाज़ के चालीस कंटेनर गिर जाने के बाद बंदरगाह बुधवार तक बंद कर दिया गया है, तटरक्षक बल ने बताया। तीन नावें खोज में निकली हैं और बाकी जहाज़ सुबह तक खाड़ी के बाहर रुके हैं।",
			"शहर के संग्रहालय में पुराने नक्शों की प्रदर्शनी खुली है जिन्हें एक बूढ़े प्रकाशस्तंभ रक्षक ने जमा किया था। रविवार को बच्चों का प्रवेश निःशुल्क है।"},
		"Chinese": {"海岸警卫队说，一艘货船在大风浪中丢失四十个集装箱，港口将关闭到星期三。三艘拖船已经出海搜寻，其他船只在海湾外等候到早晨。",
			"市博物馆开办了一个旧地图展览，这些地图是一位灯塔看守人一生收集的。星期天学生可以免费参观。"},
		"Japanese": {"沿岸警備隊によると、貨物船が荒波の中でコンテナ四十個を失ったため、港は水曜日まで閉鎖される。三隻のタグボートが捜索に出ており、他の船は朝まで湾の外で待っている。",
			"市の博物館で古い地図の展覧会が始まった。灯台守が生涯をかけて集めたもので、日曜日は生徒の入場が無料になる。"},
		"Thai": {"หน่วยยามฝั่งกล่าวว่าท่าเรือจะปิดจนถึงวันพุธหลังจากเรือสินค้าทำตู้สินค้าหล่นสี่สิบตู้ในคลื่นลมแรง เรือลากจูงสามลำออกค้นหาและเรืออื่นรออยู่นอกอ่าวจนถึงเช้า",
			"พิพิธภัณฑ์ของเมืองเปิดนิทรรศการแผนที่เก่าซึ่งผู้ดูแลประภาคารสะสมไว้ตลอดชีวิต นักเรียนเข้าชมฟรีในวันอาทิตย์"},
	} {
		a, b := c[0], c[1]
		runes := []rune(a)
		if got := together(textClusters(t, a, b, a, string(runes[:len(runes)*9/10]))); got != "0 2 3" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A~B~C… and no two others verify: each cluster is a canonical and what verifies against it.
func TestChainIsCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields(running(r, 2000))
	var texts []string
	for i := range 20 {
		texts = append(texts, strings.Join(words[i*30:i*30+300], " "))
	}
	got := textClusters(t, texts...)
	if want := "0 1, 2 3, 4 5, 6 7, 8 9, 10 11, 12 13, 14 15, 16 17, 18 19"; together(got) != want {
		t.Errorf("%s, want %s", together(got), want)
	}
}

// Copies of one page cost linear time, whether they are identical or each has a word of its own.
func TestCopiesOfOnePageCostLinearTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	page := tokens(running(r, 200))
	for _, own := range []bool{false, true} {
		docs := make([][]text.Token, 100_000)
		for i := range docs {
			docs[i] = page
			if own {
				docs[i] = append(slices.Clone(page), token(uint64(i)+1<<40))
			}
		}
		begin := time.Now()
		got, err := feedNear(t, Options{}, docs, 2, 100).Clusters(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || len(got[0].Members) != len(docs) {
			t.Errorf("%d clusters", len(got))
		}
		t.Logf("own word %v: %v", own, time.Since(begin))
	}
}

// Ten thousand siblings of one template are not compared with each other.
func TestSiblingsOfOneTemplateCostLinearTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	frame := running(r, 160)
	docs := make([][]text.Token, 10_000)
	for i := range docs {
		docs[i] = tokens(frame)
		for range 50 {
			docs[i] = append(docs[i], token(r.Uint64()))
		}
	}
	begin := time.Now()
	got, err := feedNear(t, Options{}, docs, 2, 100).Clusters(context.Background(), nil)
	if err != nil || len(got) != 0 {
		t.Errorf("%d clusters, %v", len(got), err)
	}
	t.Log(time.Since(begin))
}

// A paragraph that all articles share makes no candidates; nor do siblings of a template in any
// number: what is compared is counted, not timed.
func TestWhatAllShareMakesNoCandidates(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for name, shared := range map[string]int{"a paragraph": 60, "a template": 160} {
		frame := tokens(running(r, shared))
		docs := make([][]text.Token, 20_000)
		for i := range docs {
			docs[i] = slices.Clone(frame)
			for range 210 - shared {
				docs[i] = append(docs[i], token(r.Uint64()))
			}
		}
		n := feedNear(t, Options{}, docs, 2, 100)
		if got, err := n.Clusters(context.Background(), nil); err != nil || len(got) != 0 {
			t.Errorf("%s: %d clusters, %v", name, len(got), err)
		}
		if k := len(n.found.other) + len(n.found.keys); k > 0 {
			t.Errorf("%s: %d candidates", name, k)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Threshold: 1.1}, {Threshold: -1}, {Containment: -0.1}, {Shingle: -2}, {Shingle: 64}, {Memory: -1}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestCancelledSearchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := feedNear(t, Options{Memory: 1 << 20, Tmp: t.TempDir()}, families(500), 2, 10)
	if _, err := n.Clusters(ctx, nil); err != context.Canceled {
		t.Error(err)
	}
}
