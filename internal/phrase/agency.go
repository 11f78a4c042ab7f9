package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// agencies lists the news agencies by the name that Credit gives, each with the other ways in which
// articles write it, case as it is.
var agencies = map[string]string{
	"Reuters":         "Thomson Reuters|REUTERS|Reuters News|Reuters News Agency|Рейтер",
	"AP":              "The Associated Press|Associated Press|ASSOCIATED PRESS|THE ASSOCIATED PRESS|A.P.",
	"AFP":             "Agence France-Presse|Agence France Presse|AGENCE FRANCE-PRESSE|AFP News",
	"Xinhua":          "XINHUA|Xinhua News Agency|Xinhuanet|新华社",
	"Bloomberg":       "Bloomberg News|BLOOMBERG|BLOOMBERG NEWS",
	"TASS":            "Tass|ITAR-TASS|Itar-Tass|ТАСС",
	"dpa":             "DPA|dpa-AFX|Deutsche Presse-Agentur|Deutsche Presse Agentur",
	"PA":              "Press Association|The Press Association|PA Media",
	"ANI":             "Asian News International",
	"PTI":             "Press Trust of India",
	"IANS":            "Indo-Asian News Service",
	"EFE":             "Agencia EFE|Efe|EFE-EPA",
	"Kyodo":           "Kyodo News|KYODO",
	"Jiji":            "Jiji Press",
	"Yonhap":          "Yonhap News|Yonhap News Agency|YONHAP",
	"Interfax":        "INTERFAX|Interfax-Ukraine|Интерфакс",
	"RIA Novosti":     "RIA|RIA NOVOSTI|РИА Новости",
	"Sputnik":         "",
	"UPI":             "United Press International",
	"ANSA":            "Ansa",
	"Anadolu":         "AA|Anadolu Agency|Anadolu Ajansı",
	"AAP":             "Australian Associated Press",
	"Canadian Press":  "CP|The Canadian Press|THE CANADIAN PRESS",
	"Bernama":         "BERNAMA",
	"Antara":          "ANTARA",
	"KCNA":            "Korean Central News Agency",
	"CNA":             "Central News Agency",
	"IRNA":            "",
	"SANA":            "",
	"WAM":             "Emirates News Agency",
	"SPA":             "Saudi Press Agency",
	"UNI":             "United News of India",
	"APP":             "Associated Press of Pakistan",
	"UNB":             "United News of Bangladesh",
	"NAN":             "News Agency of Nigeria",
	"GNA":             "Ghana News Agency",
	"Ukrinform":       "",
	"UNIAN":           "",
	"Belga":           "BELGA",
	"ANP":             "",
	"APA":             "",
	"Lusa":            "LUSA",
	"Ritzau":          "",
	"NTB":             "",
	"PAP":             "",
	"TNS":             "Tribune News Service",
	"Dow Jones":       "Dow Jones Newswires",
	"PR Newswire":     "PRNewswire|/PRNewswire/",
	"Business Wire":   "BUSINESS WIRE",
	"GlobeNewswire":   "GLOBE NEWSWIRE|GLOBENEWSWIRE",
	"Agência Brasil":  "Agencia Brasil",
	"Europa Press":    "EUROPA PRESS",
	"Inter Press":     "IPS|Inter Press Service",
	"Religion News":   "RNS|Religion News Service",
	"States Newsroom": "",
}

// agencyOf maps every way to write an agency to its name.
var agencyOf = func() map[string]string {
	m := map[string]string{}
	for name, others := range agencies {
		m[name] = name
		for o := range strings.SplitSeq(others, "|") {
			if o != "" {
				m[o] = name
			}
		}
	}
	return m
}()

// inBrackets are names that mean something else too often to be a credit outside brackets.
var inBrackets = map[string]bool{"PA": true, "AA": true, "CP": true, "UNI": true, "WAM": true, "SPA": true, "APP": true, "ANP": true, "APA": true, "PAP": true,
	"NAN": true, "GNA": true, "CNA": true, "RIA": true, "IPS": true, "RNS": true, "TNS": true, "NTB": true, "SANA": true, "UNB": true, "Ansa": true, "Efe": true}

// inText are the agencies that a credit line names in running text ("The Associated Press
// contributed to this report").
var inText = []string{"Associated Press", "Reuters", "AFP", "Agence France-Presse", "Bloomberg", "Press Association", "Xinhua", "AP", "PTI", "ANI", "IANS", "dpa",
	"EFE", "TASS", "Interfax", "Kyodo", "Yonhap", "UPI", "Canadian Press", "Australian Associated Press"}

// firstAgency finds the agency that s names first, with the place of the name. Names behind a slash
// or before "Photo" credit a picture.
func firstAgency(s string) (name string, start, end int) {
	start = -1
	for _, a := range inText {
		for from := 0; ; {
			i := strings.Index(s[from:], a)
			if i < 0 {
				break
			}
			i += from
			from = i + len(a)
			if (start < 0 || i < start) && standsAlone(s, i, from) {
				name, start, end = agencyOf[a], i, from
				break
			}
		}
	}
	return name, start, end
}

// standsAlone says whether s[i:j] is neither part of a word or of a longer name nor the credit of a
// picture.
func standsAlone(s string, i, j int) bool {
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	next, _ := utf8.DecodeRuneInString(s[j:])
	if i > 0 && (unicode.IsLetter(prev) || unicode.IsDigit(prev) || strings.ContainsRune("/@_-", prev)) ||
		j < len(s) && (unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune("/-_", next)) {
		return false
	}
	after := strings.TrimLeft(s[j:], " ")
	return !strings.HasPrefix(after, "Photo") && !strings.HasPrefix(after, "photo") && !strings.HasPrefix(after, "file") && !strings.HasSuffix(s[:i], "via ") &&
		!strings.HasSuffix(s[:i], "Michael ") && !strings.HasSuffix(s[:i], "Mike ")
}

// AgencyOf is the agency that source is, by one of its names or its host; empty for none.
func AgencyOf(source string) string {
	if a := agencyOf[strings.TrimSpace(source)]; a != "" {
		return a
	}
	return agencyHosts[hostLabel(source)]
}

// agencyHosts maps what the hosts of agencies are called to the agency.
var agencyHosts = func() map[string]string {
	m := map[string]string{}
	for name := range agencies {
		label := strings.ToLower(strings.ReplaceAll(name, " ", ""))
		for _, l := range []string{label, label + "news", label + "net"} {
			m[l] = name
		}
	}
	return m
}()

// hostLabel is a source in small letters; of a host the label before the last one.
func hostLabel(source string) string {
	label := strings.ToLower(strings.TrimSpace(source))
	if parts := strings.Split(label, "."); len(parts) > 1 {
		label = parts[len(parts)-2]
	}
	return label
}

// OwnArticle says whether source is the agency itself, by one of its names or its host.
func OwnArticle(source, agency string) bool { return agency != "" && AgencyOf(source) == agency }
