// One story, one cluster, one article.

const crumb = (...links) => h("p", { class: "crumb" }, between(links));

// steps are the links to the one before and after.
function steps(prefix, list, i) {
  const go = (k, text, rel) => (k >= 0 && k < list.length ? h("a", { href: prefix + list[k].n, rel }, text) : h("span", { class: "off" }, text));
  return h("span", { class: "steps" }, go(i - 1, "← previous", "prev"), go(i + 1, "next →", "next"));
}

// about is one line on an article.
const about = (a) => between([source(a) ? own(source(a)) : null, when(a), agency(a) ? own("credits " + agency(a)) : null, count(A.tokens[a], "word"), A.shared[a] ? A.shared[a] + "% shared" : null, A.title[a] ? own(short(A.id[a]), "id") : null]);

const shownArticles = 200;

function storyView(i) {
  const s = D.stories[i], place = new Map(s.a.map((a, k) => [a, k + 1]));
  const sources = allSources(s.a).filter(Boolean).length;
  const several = s.a.length > 1;
  return [
    crumb(link("#stories", "Stories"), "story " + s.n, steps("#story-", D.stories, i)),
    h("h1", { class: "serif", dir: "auto" }, s.h || titleOf(s.a[0])),
    h("p", { class: "facts" }, between([count(s.a.length, "article"), sources ? count(sources, "source") : null, timeSpan(s.a)])),
    s.k.length ? h("ul", { class: "keywords", "aria-label": "Keywords" }, s.k.map((w) => h("li", null, h("a", { href: to.list("search", { q: w }), dir: "auto" }, w)))) : null,
    several ? timeline(s) : null,
    eventSection(s),
    runningSection(s),
    section("Articles", null, articleList(s.a, place), several && A.text[s.a[0]] ? h("p", { class: "hint" }, "Compare any two: pick a cell of the table below, or ⇄ for a comparison with the first.") : null),
    several ? matrixSection(s) : null,
    several ? phraseSection(s, place) : null,
    several ? storyPassages(s, place) : null,
  ];
}

// eventSection lists the events of a running story, in order of time.
function eventSection(s) {
  if (!s.e) return null;
  return section("Events", null, h("ol", { class: "related" }, s.e.map((e) => h("li", null, h("a", { href: to.article(e.a[0]), dir: "auto" }, e.h || titleOf(e.a[0])),
    h("small", null, between([e.f ? (e.f === e.l ? e.f : e.f + " – " + e.l) : null, count(e.a.length, "article"), e.w ? "held by " + e.w.toFixed(2) : null]))))));
}

// runningSection lists the events beside this one of its running story, in order of time.
function runningSection(s) {
  const rest = (s.r || []).filter((n) => storyAt.has(n));
  if (rest.length < 2) return null;
  return section("Running story", "its events, in order of time", h("ol", { class: "related" }, rest.map((n) => {
    const e = D.stories[storyAt.get(n)], title = e.h || titleOf(e.a[0]);
    return h("li", null, n === s.n ? h("b", { dir: "auto" }, title) : h("a", { href: "#story-" + n, dir: "auto" }, title), h("small", null, between([timeSpan(e.a), count(e.a.length, "article")])));
  })));
}

function articleList(list, place) {
  const rows = list.slice(0, shownArticles).map((a) => h("li", null,
    h("span", { class: "no", "aria-hidden": "true" }, place.get(a)),
    h("span", { class: "what" }, h("a", { class: "serif", href: to.article(a), dir: "auto" }, titleOf(a)), h("span", { class: "meta" }, about(a))),
    h("span", { class: "do" }, out(a),
      A.cluster[a] ? h("a", { class: "tag", href: "#cluster-" + A.cluster[a] }, duplicate(a) ? "duplicate" : "kept copy") : null,
      a !== list[0] && A.text[a] && A.text[list[0]] ? h("a", { class: "tag", href: to.pair(list[0], a), "aria-label": "Compare with the first article", title: "side by side with article 1" }, "⇄ 1") : null)));
  return [h("ol", { class: "articles" }, rows), list.length > shownArticles ? h("p", { class: "more" }, "and " + count(list.length - shownArticles, "more article")) : null];
}

const measures = {
  c: ["copied", "Copied text: what share of the row’s article stands word for word in the column’s (containment of 5-word shingles)."],
  v: ["shared words", "Shared words: the resemblance of their vocabularies, rare words weighing more. High for one subject even where no sentence is shared."],
};

// level is the shade of a cell, 0 to 9: small shares must show too.
const level = (p) => (p <= 0 ? 0 : Math.max(1, Math.min(9, Math.round(0.9 * Math.sqrt(p)))));

function matrixSection(s) {
  if (!s.c) return null;
  const n = Math.round(Math.sqrt(s.c.length));
  let measure = storyMeasure(s);
  const holder = h("div");
  const note = h("p", { class: "hint" });
  const draw = () => {
    note.textContent = measures[measure][1];
    holder.replaceChildren(matrix(s, n, s[measure], measures[measure][0]));
  };
  const pick = h("fieldset", { class: "switch" }, h("legend", { class: "hidden" }, "Measure"), Object.keys(measures).map((m) =>
    h("label", null, h("input", { type: "radio", name: "measure", value: m, checked: m === measure, onchange: () => { measure = m; draw(); } }), h("span", null, measures[m][0]))));
  draw();
  return section("How alike they are", s.a.length > n ? "the first " + n : null, pick, note, holder);
}

// storyMeasure is the measure to begin with: copied text, if there is any.
function storyMeasure(s) {
  const n = Math.round(Math.sqrt(s.c.length));
  return s.c.some((p, k) => p >= 5 && k % (n + 1) !== 0) ? "c" : "v";
}

function matrix(s, n, values, name) {
  const cell = (i, j) => {
    if (i === j) return h("td", { class: "same" }, h("span", { "aria-label": "the same article" }));
    const p = values[i * n + j];
    const label = name + ", article " + (i + 1) + " with " + (j + 1) + ": " + p + " percent";
    const inside = A.text[s.a[i]] && A.text[s.a[j]] ? h("a", { href: to.pair(s.a[i], s.a[j]), "aria-label": label, title: label }, p) : h("span", { title: label }, p);
    return h("td", { class: "h" + level(p) }, inside);
  };
  const heads = Array.from({ length: n }, (_, j) => h("th", { scope: "col", title: titleOf(s.a[j]) }, j + 1));
  const rows = Array.from({ length: n }, (_, i) => h("tr", null,
    h("th", { scope: "row" }, h("span", { class: "no" }, i + 1), h("a", { href: to.article(s.a[i]), dir: "auto" }, source(s.a[i]) || titleOf(s.a[i]))),
    Array.from({ length: n }, (_, j) => cell(i, j))));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of likeness" },
    h("table", { class: n > 16 ? "matrix many" : "matrix" }, h("caption", { class: "hidden" }, name + " between the articles, percent"), h("thead", null, h("tr", null, h("td"), heads)), h("tbody", null, rows)));
}

// phraseSection is a grid: phrases down, articles across, a dot where an article has the phrase.
function phraseSection(s, place) {
  const list = phrasesOf(s.n);
  if (!list.length) return section("Shared phrasing", null, h("p", { class: "empty" }, D.parts.phrases ? "Its sources share no telling phrase." : "Phrases were not asked for."));
  const few = s.a.length <= 24;
  const who = (p, i) => {
    const have = carriers(p);
    if (!few) return h("td", { class: "who" }, "in " + have.map((a) => place.get(a)).filter(Boolean).sort((x, y) => x - y).join(", "));
    return s.a.map((a, k) => h("td", { class: have.includes(a) ? "has" : "" }, have.includes(a)
      ? h("a", { href: to.article(a) + "-f" + (i + 1), "aria-label": "in article " + (k + 1), title: titleOf(a) }, "●") : null));
  };
  const rows = list.slice(0, 60).map((i) => {
    const p = D.phrases[i];
    return h("tr", null, h("th", { scope: "row" }, h("a", { href: placeHref(p, "f" + (i + 1)), dir: "auto" }, "“" + snippet(p) + "”")),
      h("td", { class: "kind" }, h("span", { class: "tag k-" + p.k }, p.k)), who(p, i));
  });
  const heads = few ? s.a.map((a, k) => h("th", { scope: "col", title: titleOf(a) }, k + 1)) : [h("th", { scope: "col" }, "articles")];
  return section("Shared phrasing", "the most telling first",
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Phrases and who has them" },
      h("table", { class: "phrases" }, h("thead", null, h("tr", null, h("td"), h("td"), heads)), h("tbody", null, rows))),
    list.length > 60 ? h("p", { class: "more" }, "and " + count(list.length - 60, "more phrase")) : null);
}

const reasons = { agency: "credited", date: "published first", containment: "the fuller text", agreement: "the others agree with it" };
const noOrigin = {
  quotation: "shared quotation", statement: "shared statement", unseen: "from a text that is not here", "same-day": "same day: which was first is not known",
};

// origin says where a passage most likely came from, or why no article is named; null where nothing is known.
function origin(p, place) {
  if (!p.w) return null;
  const by = reasons[p.w.by] || p.w.by;
  if (p.w.a >= 0) return ["most likely from ", place && place.has(p.w.a) ? "article " + place.get(p.w.a) : own(source(p.w.a) || titleOf(p.w.a)), " (" + by + ")"];
  return p.w.g ? ["most likely from ", own(p.w.g), " (" + by + ")"] : noOrigin[p.w.by] || null;
}

// storyPassages lists the passages that stand in two articles of the story.
function storyPassages(s, place) {
  const within = (p) => carriers(p).filter((a) => place.has(a));
  const all = [...new Set(s.a.flatMap((a) => of("passages")[a]))].filter((i) => !(D.passages[i].f & 1) && within(D.passages[i]).length > 1).sort((x, y) => D.passages[y].n - D.passages[x].n);
  if (!all.length) return section("Copied passages", null, h("p", { class: "empty" }, D.parts.passages ? "No passage of ten words or more stands in two of its articles." : "Passages were not asked for."));
  return section("Copied passages", num(all.length), h("ol", { class: "quotes" }, all.slice(0, 40).map((i) => {
    const p = D.passages[i], have = within(p);
    return h("li", null, h("a", { class: "serif", href: A.text[have[0]] ? to.pair(have[0], have[1], "p" + (i + 1)) : to.article(have[0]), dir: "auto" }, snippet(p)),
      h("span", { class: "meta" }, between([count(p.n, "word") + " in articles " + have.map((a) => place.get(a)).join(", "), origin(p, place) ? h("span", null, origin(p, place)) : null])));
  })), all.length > 40 ? h("p", { class: "more" }, "and " + count(all.length - 40, "more passage")) : null);
}

function clusterView(i) {
  const c = D.clusters[i], kept = c.m[0][0];
  const pair = (a, b) => (A.text[a] && A.text[b] ? h("a", { href: to.pair(a, b), "aria-label": "Side by side with the kept copy" }, "⇄") : null);
  const rows = c.m.slice(0, 500).map(([a, resemblance, containment, distance, rule]) => h("tr", { class: rule === "canonical" ? "kept" : "" },
    h("th", { scope: "row" }, h("a", { class: "serif", href: to.article(a), dir: "auto" }, titleOf(a)), h("span", { class: "meta" }, about(a))),
    rule === "canonical" ? h("td", { colspan: "4", class: "keep" }, h("span", { class: "tag good" }, "kept copy")) : [
      h("td", { class: "num", "data-name": "resemblance" }, ratio(resemblance), bar(resemblance)), h("td", { class: "num", "data-name": "containment" }, ratio(containment)),
      h("td", { class: "num", "data-name": "distance" }, distance < 0 ? "–" : distance), h("td", { "data-name": "rule" }, h("span", { class: "tag" }, rule))],
    h("td", { class: "to" }, a === kept ? null : pair(kept, a))));
  const w = c.w;
  const [x, y] = w && A.text[w[0]] && A.text[w[1]] ? [w[0], w[1]] : [];
  return [
    crumb(link("#clusters", "Clusters"), "cluster " + c.n, A.story[kept] && storyAt.has(A.story[kept]) ? link("#story-" + A.story[kept], "its story") : null, steps("#cluster-", D.clusters, i)),
    h("h1", { class: "serif", dir: "auto" }, titleOf(kept)),
    h("p", { class: "facts" }, between([count(c.m.length, "copy", "copies"), sourcesLine(c.m.map((m) => m[0])), timeSpan(c.m.map((m) => m[0]))])),
    section("Members", "figures are against the kept copy", h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Members" }, h("table", { class: "members" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "article"), h("th", { scope: "col", title: "shared 5-word shingles over all of both" }, "resemblance"),
        h("th", { scope: "col", title: "shared 5-word shingles over those of the shorter" }, "containment"), h("th", { scope: "col", title: "bits in which the fingerprints differ" }, "distance"),
        h("th", { scope: "col" }, "rule"), h("td"))), h("tbody", null, rows))), c.m.length > 500 ? h("p", { class: "more" }, "and " + count(c.m.length - 500, "more copy", "more copies")) : null),
    w ? section("Weakest pair", w[3] ? "of all pairs" : "of those with the kept copy", h("p", { class: "weak" }, h("b", null, ratio(w[2])), bar(w[2]), x == null ? null : link(to.pair(x, y), "side by side")),
      h("ul", { class: "related" }, [w[0], w[1]].map((a) => h("li", null, h("a", { href: to.article(a) }, own(titleOf(a), "serif"), h("small", null, about(a))))))) : null,
  ];
}
