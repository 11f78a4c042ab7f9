package passage

import (
	"bytes"
	"slices"
	"strings"

	"dedup/internal/text"
)

// rule names one kind of leftover by how its line reads when folded by appendPlain.
type rule struct {
	text string
	max  int // longest line in bytes; 0: the line is the text alone
	kind kind
}

// whole are lines that are nothing but the text; a colon at the end does not count.
const wholeStrong = `advertisement|advertisement advertisement|advertising|article continues below|story continues below|story continued below|continue reading below|story continues|
story continues below video|story continues below this ad|article continues after advertisement|continue reading the main story|advertisement continue reading the main story|
continue reading|read full article|read the full story|scroll to continue|loading|loading...|link copied|toggle caption|what's your reaction|what is your reaction|share this|share this story|share this article|
share this post|share this page|share via email|share on facebook|share on twitter|tweet this|email this article|print this article|leave a comment|leave a reply|post a comment|add a comment|
view comments|show comments|read comments|join the conversation|join the discussion|view all comments|load comments|comments are closed|sign up|sign up here|subscribe|subscribe now|subscribe today|
newsletter sign-up|sign up for our newsletter|manage newsletters|back to top|skip advertisement|skip to main content|skip to content|most read|most popular|view slideshow|
anzeige|werbung|diesen artikel teilen|artikel teilen|jetzt abonnieren|newsletter abonnieren|kommentar schreiben|zur startseite|
publicité|la suite après la publicité|la suite après cette publicité|partager cet article|partager sur facebook|partager|laisser un commentaire|s'abonner|je m'abonne|
publicidad|continúa después de la publicidad|compartir en facebook|compartir esta noticia|dejar un comentario|suscríbete|suscríbase|
publicidade|continua após a publicidade|compartilhar|pubblicità|condividi|condividi su facebook|riproduzione riservata|
реклама|поделиться|поделиться в facebook|поделиться ссылкой|оставить комментарий|подписаться|реклама на сайте|
deel dit artikel|advertentie|广告|分享到|広告|シェアする|إعلان`

// wholeWeak read like leftovers only where leftovers are.
const wholeWeak = `email|e-mail|print|share|tweet|save|video|photo|photos|comments|comment|facebook|twitter|whatsapp|pinterest|linkedin|reddit|youtube|instagram|close|ad|menu|home|search|follow|
subscribe to|pocket|copy link|getty images|play|pause|listen|teilen|drucken|kommentare|imprimer|commentaires|imprimir|compartir|comentarios|комментарии|печать`

// heads stand above a list of links that belongs to them.
const heads = `related|related sources|related articles|related article|related stories|related story|related news|related content|related coverage|related links|related posts|related topics|related reading|related video|related videos|
read more|read also|see also|also see|also read|more from|more on this|more on this story|more on this topic|more stories|more news|you may also like|you might also like|you may also be interested in|recommended|recommended for you|
recommended stories|recommended reading|don't miss|must read|must reads|further reading|editor's picks|editors' picks|trending|trending now|trending stories|top stories|latest stories|latest news|popular stories|up next|read next|what to read next|
more like this|from our partners|sponsored content|sponsored links|around the web|from around the web|our picks|
mehr zum thema|lesen sie auch|das könnte sie auch interessieren|weitere artikel|weiterführende links|zum thema|auch interessant|
lire aussi|à lire aussi|a lire aussi|à lire également|sur le même sujet|pour aller plus loin|articles liés|voir aussi|
lea también|lee también|te puede interesar|le puede interesar|noticias relacionadas|artículos relacionados|más información|más noticias|
leia também|veja também|leggi anche|articoli correlati|lees ook|
читайте также|материалы по теме|по теме|смотрите также|ещё по теме|еще по теме|читайте також|相关阅读|相关新闻|関連記事|اقرأ أيضا`

// footers are heads that a text may also use as a headline of its own.
const footers = `sources|online|on the web|tags|topics|links|references|quellen|источники|fuentes`

// begins are how a line of at most max bytes starts.
var begins = []rule{
	{"© ", 300, strong}, {"copyright ©", 400, strong}, {"(c) ", 120, weak}, {"copyright 19", 400, strong}, {"copyright 20", 400, strong}, {"©19", 300, strong}, {"©20", 300, strong},
	{"read more:", 220, strong}, {"read more at ", 160, strong}, {"read more from ", 160, strong}, {"read more about ", 160, strong}, {"read also:", 220, strong}, {"read or share this story", 200, strong}, {"see also:", 220, strong},
	{"also see:", 220, strong}, {"also read:", 220, strong}, {"also on politico:", 160, strong}, {"related:", 220, strong}, {"related story:", 220, strong}, {"related article:", 220, strong}, {"related video", 160, strong}, {"related stories:", 300, strong},
	{"related coverage:", 300, strong}, {"more:", 200, strong}, {"more from ", 90, strong}, {"watch:", 220, strong}, {"watch now:", 220, strong}, {"watch video:", 220, strong}, {"video:", 200, strong}, {"photos:", 200, strong},
	{"photo:", 300, strong}, {"photo by ", 120, strong}, {"photo credit", 200, strong}, {"photos by ", 120, strong}, {"photograph by ", 120, strong}, {"photographer:", 200, strong}, {"file photo", 400, strong}, {"image:", 300, strong},
	{"image copyright ", 400, strong}, {"image caption ", 400, strong}, {"image credit", 200, strong}, {"media playback is ", 400, strong}, {"enlarge this image", 400, strong}, {"toggle caption", 400, strong}, {"hide caption", 300, strong},
	{"facebook twitter pinterest", 400, strong}, {"share tweet ", 120, strong}, {"share this ", 60, strong}, {"share on facebook", 200, strong}, {"just watched ", 400, strong}, {"listen to article", 200, strong},
	{"click here ", 200, strong}, {"click for more", 160, strong}, {"click to ", 120, strong}, {"click here:", 200, strong}, {"sign up for ", 260, strong}, {"sign up to ", 260, strong}, {"sign up here", 160, strong}, {"by signing up you agree", 500, strong}, {"you can unsubscribe at any time", 400, strong}, {"please verify you're not a robot", 700, strong}, {"please verify you are not a robot", 700, strong}, {"sign up now", 200, strong},
	{"subscribe to our ", 260, strong}, {"subscribe to the ", 200, strong}, {"subscribe now", 200, strong}, {"subscribe here", 160, strong}, {"subscribe on ", 200, strong}, {"get our free ", 240, strong}, {"get our daily ", 240, strong}, {"get the latest news ", 260, strong},
	{"follow us on ", 200, strong}, {"join us on ", 160, strong}, {"like us on ", 160, strong}, {"find us on ", 160, strong}, {"follow @", 120, strong}, {"download the ", 160, weak}, {"get the app", 120, strong}, {"slideshow (", 60, strong},
	{"we use cookies", 400, strong}, {"this site uses cookies", 400, strong}, {"this website uses cookies", 400, strong}, {"by using this site", 400, strong}, {"by signing up", 400, strong}, {"this site is protected by recaptcha", 400, strong},
	{"thank you for signing up", 200, strong}, {"thanks for signing up", 200, strong}, {"you must be logged in", 200, strong}, {"please log in", 160, strong}, {"log in to ", 120, strong}, {"view original content", 200, strong},
	{"this article is more than ", 80, strong}, {"story continues below", 120, strong}, {"article continues below", 120, strong}, {"visit our website terms", 300, strong},
	{"foto:", 220, strong}, {"bild:", 220, strong}, {"lesen sie auch:", 220, strong}, {"lesen sie mehr", 160, strong}, {"mehr zum thema:", 220, strong}, {"folgen sie uns ", 200, strong}, {"abonnieren sie ", 240, strong},
	{"lire aussi", 220, strong}, {"à lire aussi", 220, strong}, {"inscrivez-vous à ", 260, strong}, {"abonnez-vous ", 240, strong}, {"suivez-nous ", 200, strong}, {"crédit photo", 200, strong},
	{"lea también:", 220, strong}, {"lee también:", 220, strong}, {"lea también ", 160, weak}, {"síguenos en ", 200, strong}, {"síganos en ", 200, strong}, {"suscríbete a ", 240, strong}, {"suscríbase a ", 240, strong},
	{"leia também:", 220, strong}, {"leggi anche:", 220, strong}, {"lees ook:", 220, strong},
	{"читайте также:", 300, strong}, {"читайте также ", 200, weak}, {"фото:", 300, strong}, {"подписывайтесь на ", 300, strong}, {"подпишитесь на ", 300, strong}, {"следите за нашими ", 300, strong},
	{"责任编辑", 120, strong}, {"版权所有", 200, strong},
}

// holds are what a line of at most max bytes has anywhere in it.
var holds = []rule{
	{"all rights reserved", 400, strong}, {"alle rechte vorbehalten", 300, strong}, {"tous droits réservés", 300, strong}, {"todos los derechos reservados", 300, strong}, {"todos os direitos reservados", 300, strong}, {"tutti i diritti riservati", 300, strong},
	{"все права защищены", 400, strong}, {"click here for reprint", 300, strong}, {"manage newsletters", 200, strong}, {"continue reading the main story", 200, strong}, {"delivered to your inbox", 300, strong}, {"toggle caption", 300, strong},
	{"you agree to our privacy policy", 400, strong}, {"you agree to our terms", 400, strong}, {"share tweet post email", 120, strong}, {"replay more videos", 400, strong}, {"to get the fox news app", 120, strong}, {"subscribe to our newsletter", 240, strong},
	{"sign up for our newsletter", 240, strong}, {"sign up here", 160, strong}, {"by signing up you agree", 500, strong}, {"you can unsubscribe at any time", 400, strong}, {"please verify you're not a robot", 700, strong}, {"please verify you are not a robot", 700, strong}, {"our privacy policy", 300, weak}, {"our cookie policy", 400, strong},
}

// closes are how a line of at most max bytes ends: picture credits.
var closes = []rule{
	{"/ap", 100, strong}, {" via ap", 100, strong}, {"/getty images", 160, strong}, {" via getty images", 160, strong}, {"/reuters", 100, strong}, {" via reuters", 100, strong}, {"/afp", 100, strong}, {"/epa", 100, strong},
	{"/shutterstock", 100, strong}, {"/file photo", 160, strong}, {"/bloomberg", 100, strong}, {"(ap photo", 120, strong}, {"/dpa", 100, strong}, {"/picture alliance", 120, strong}, {"/тасс", 100, strong}, {"/риа новости", 100, strong},
}

// shareWords are the words of a share bar; a line made of two or more of them is one.
const shareWords = `facebook|twitter|x|pinterest|whatsapp|linkedin|reddit|email|e-mail|mail|print|share|tweet|post|pocket|tumblr|telegram|flipboard|messenger|copy|link|copied|save|google+|instagram|youtube|viber|skype|vk|
teilen|drucken|twittern|partager|imprimer|compartir|imprimir|comments|comment|flip|submit|stumbleupon|digg|pin|sms|line|wechat|weibo|поделиться|вконтакте|одноклассники|твитнуть`

var (
	wholeKinds = map[string]kind{}   // by the whole line
	beginRules = map[string][]rule{} // by the first word of the rule's text
	shareSet   = map[string]bool{}
	opening    hashBits // the first tokens of the rules that begin a line
	inside     hashBits // the last tokens of the rules that stand anywhere
)

// hashBits is a set of tokens by 16 bits of their hash; with 400 members one other token in 160
// passes.
type hashBits [1 << 10]uint64

func (b *hashBits) add(h uint64)      { b[h>>6&(1<<10-1)] |= 1 << (h & 63) }
func (b *hashBits) has(h uint64) bool { return b[h>>6&(1<<10-1)]>>(h&63)&1 != 0 }

// mayBeFurniture tells whether a rule can apply to a line with these tokens.
func mayBeFurniture(line string, toks []text.Token) bool {
	if len(toks) == 0 {
		return false
	}
	if opening.has(toks[0].Hash) || strings.HasPrefix(line, "©") || strings.HasPrefix(line, "(c)") || strings.HasPrefix(line, "(C)") {
		return true
	}
	for _, t := range toks {
		if inside.has(t.Hash) {
			return true
		}
	}
	return false
}

func init() {
	for _, t := range []struct {
		list string
		kind kind
	}{{wholeWeak, weak}, {footers, footer}, {heads, opener}, {wholeStrong, strong}} {
		for w := range strings.SplitSeq(t.list, "|") {
			w = strings.TrimSpace(w)
			wholeKinds[w] = t.kind
			opening.add(firstToken(w))
		}
	}
	for _, r := range begins {
		first, _, _ := strings.Cut(r.text, " ")
		beginRules[first] = append(beginRules[first], r)
		opening.add(firstToken(r.text))
	}
	for _, r := range slices.Concat(holds, closes) {
		toks := text.AppendTokens(nil, r.text)
		inside.add(toks[len(toks)-1].Hash)
	}
	for w := range strings.SplitSeq(shareWords, "|") {
		w = strings.TrimSpace(w)
		shareSet[w] = true
		opening.add(firstToken(w))
	}
}

// firstToken gives the hash of the first token of s, 0 if it has none.
func firstToken(s string) uint64 {
	for _, t := range text.AppendTokens(nil, s) {
		return t.Hash
	}
	return 0
}

// classify finds the rule for a line folded by appendPlain.
func classify(line []byte) kind {
	if len(line) == 0 {
		return prose
	}
	if k, ok := wholeKinds[string(bytes.TrimRight(line, ":.!?>» "))]; ok {
		return k
	}
	best := prose
	first := line
	if i := bytes.IndexByte(line, ' '); i >= 0 {
		first = line[:i]
	}
	for _, key := range [2][]byte{first, bytes.TrimRight(first, "0123456789")} {
		for _, r := range beginRules[string(key)] {
			if len(line) <= r.max && bytes.HasPrefix(line, []byte(r.text)) {
				best = max(best, r.kind)
			}
		}
	}
	if i := bytes.IndexByte(first, ':'); i >= 0 && best == prose {
		for _, r := range beginRules[string(first[:i+1])] {
			if len(line) <= r.max && bytes.HasPrefix(line, []byte(r.text)) {
				best = max(best, r.kind)
			}
		}
	}
	for _, r := range holds {
		if best != strong && len(line) <= r.max && bytes.Contains(line, []byte(r.text)) {
			best = max(best, r.kind)
		}
	}
	for _, r := range closes {
		if best != strong && len(line) <= r.max && bytes.HasSuffix(line, []byte(r.text)) {
			best = max(best, r.kind)
		}
	}
	if best == prose && shareBar(line) {
		return strong
	}
	return best
}

// shareBar tells whether a line holds nothing but two or more words of a share bar.
func shareBar(line []byte) bool {
	if len(line) > 120 {
		return false
	}
	n := 0
	for w := range bytes.FieldsSeq(line) {
		w = bytes.Trim(w, "|,·•/")
		if len(w) == 0 {
			continue
		}
		if !shareSet[string(w)] {
			return false
		}
		n++
	}
	return n >= 2
}
