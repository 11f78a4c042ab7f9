package background

import "testing"

func TestLanguageOf(t *testing.T) {
	for want, s := range map[string]string{
		"en": "The mayor opened the new bridge on Friday, two years later than he had promised, and said that it was worth the wait.",
		"fr": "Le maire a inauguré le nouveau pont vendredi, avec deux ans de retard, et il a dit que cela valait la peine d'attendre.",
		"de": "Der Bürgermeister hat die neue Brücke am Freitag eröffnet, zwei Jahre später als er versprochen hatte, und sagte, das Warten habe sich gelohnt.",
		"es": "El alcalde inauguró el nuevo puente el viernes, dos años más tarde de lo que había prometido, y dijo que valió la pena esperar.",
		"it": "Il sindaco ha inaugurato il nuovo ponte venerdì, con due anni di ritardo, e ha detto che ne è valsa la pena.",
		"pt": "O prefeito inaugurou a nova ponte na sexta-feira, dois anos mais tarde do que tinha prometido, e disse que valeu a pena esperar.",
		"ru": "Мэр открыл новый мост в пятницу, на два года позже, чем обещал, и сказал, что ожидание того стоило.",
		"uk": "Мер відкрив новий міст у п'ятницю, на два роки пізніше, ніж обіцяв, і сказав, що чекати було варто.",
		"id": "Wali kota membuka jembatan baru pada hari Jumat, dua tahun lebih lambat dari yang dijanjikannya, dan mengatakan bahwa itu tidak sia-sia.",
		"tr": "Belediye başkanı yeni köprüyü söz verdiğinden iki yıl sonra cuma günü açtı ve beklemeye değdiğini söyledi.",
		"nl": "De burgemeester heeft vrijdag de nieuwe brug geopend, twee jaar later dan hij had beloofd, en zei dat het wachten de moeite waard was.",
		"vi": "Thị trưởng đã khánh thành cây cầu mới vào thứ Sáu, muộn hơn hai năm so với lời hứa, và nói rằng sự chờ đợi là xứng đáng.",
		"ar": "افتتح رئيس البلدية الجسر الجديد يوم الجمعة، بعد عامين من الموعد الذي وعد به، وقال إن الانتظار كان يستحق.",
		"he": "ראש העיר פתח את הגשר החדש ביום שישי, באיחור של שנתיים, ואמר שההמתנה הייתה שווה.",
		"zh": "市长周五为新桥剪彩，比他承诺的晚了两年，他说等待是值得的。",
		"ja": "市長は金曜日、約束より二年遅れて新しい橋を開通させ、待った甲斐があったと述べた。",
		"th": "นายกเทศมนตรีเปิดสะพานใหม่เมื่อวันศุกร์ ช้ากว่าที่สัญญาไว้สองปี",
		"ko": "시장은 금요일에 약속보다 2년 늦게 새 다리를 개통했다.",
		"":   "Xq 12",
	} {
		got := embeddedFamily().cheaply(s, clearly)
		if got != English && !ofScript(got) {
			got = byTrigrams(s, got)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func BenchmarkLanguageOf(b *testing.B) {
	for lang, s := range map[string]string{
		"en": "The mayor opened the new bridge on Friday, two years later than he had promised, and said that it was worth the wait.",
		"id": "Wali kota membuka jembatan baru pada hari Jumat, dua tahun lebih lambat dari yang dijanjikannya, dan mengatakan bahwa itu tidak sia-sia.",
	} {
		s += s + s + s
		b.Run(lang, func(b *testing.B) {
			for b.Loop() {
				embeddedFamily().cheaply(s, 1)
			}
		})
	}
}
