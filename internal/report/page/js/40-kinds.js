// The kinds of things that lists show. Every kind says how many there are, what a row of it holds, what a search looks at, and by what it is
// sorted and filtered. Sort functions give numbers or strings; "-" in front of a sort's name means the largest first.

const title = (s, className) => own(s, "title " + (className || ""));
const carriers = (p) => articlesOf(p.o);
const allSources = (list) => [...new Set(list.map((a) => A.source[a]))];
const sourcesLine = (list) => {
  const names = allSources(list).filter(Boolean).map((s) => D.sources[s]);
  return names.length ? own(names.slice(0, 4).join(", ") + (names.length > 4 ? " and " + (names.length - 4) + " more" : "")) : null;
};
const inRange = (v, range) => {
  const [from, until] = range.split("-").map(Number);
  return v >= from && v <= until;
};

// snippet is a passage on one line.
const snippet = (f) => f.t.replace(/\s+/g, " ").trim();

// placeHref leads to where a finding stands: side by side where two articles have it.
function placeHref(f, mark) {
  const list = carriers(f);
  return list.length > 1 && A.text[list[0]] && A.text[list[1]] ? to.pair(list[0], list[1], mark) : to.article(list[0]) + (mark ? "-" + mark : "");
}

// found is a kind whose items are passages, repeats or furniture.
const found = (list, name, more) => ({
  name, size: () => D[list].length,
  hay: (i) => D[list][i].t + " " + carriers(D[list][i]).map((a) => D.sources[A.source[a]]).join(" "),
  sources: (i) => allSources(carriers(D[list][i])),
  first: "-words",
  sorts: { "-words": ["longest", (i) => D[list][i].n || 0], order: ["as found", (i) => i], "-articles": ["in most articles", (i) => carriers(D[list][i]).length] },
  ...more,
});

// sure is how sure a cluster is: the least resemblance, then the size.
const sure = (i) => Math.min(...D.clusters[i].m.slice(1).map((m) => m[1])) + Math.min(D.clusters[i].m.length, 1e6) / 1e9;

const kinds = {
  stories: {
    name: ["story", "stories"], size: () => D.stories.length,
    hay: (i) => [D.stories[i].h, ...D.stories[i].k, ...allSources(D.stories[i].a).map((s) => D.sources[s])].join(" "),
    sources: (i) => allSources(D.stories[i].a),
    filters: { "": ["two articles or more", (i) => D.stories[i].a.length > 1], lone: ["articles alone", (i) => D.stories[i].a.length === 1], all: ["all", () => true] },
    range: { size: (i, v) => inRange(D.stories[i].a.length, v) },
    sorts: {
      order: ["largest", (i) => i], "-new": ["newest", (i) => A.date[D.stories[i].a[0]] || ""], "-sources": ["most sources", (i) => allSources(D.stories[i].a).length],
      "-phrases": ["most shared phrases", (i) => phrasesOf(D.stories[i].n).length], title: ["headline", (i) => fold(D.stories[i].h)],
    },
    href: (i) => to.story(i),
    row: (i) => {
      const s = D.stories[i], phrases = phrasesOf(s.n).length;
      return [title(s.h || titleOf(s.a[0]), "serif"), [sourcesLine(s.a), timeSpan(s.a), own(s.k.slice(0, 5).join(", "))], num(s.a.length), plural(s.a.length, "article"),
        phrases ? count(phrases, "phrase") : null];
    },
  },
  articles: {
    name: ["article", "articles"], size: () => N,
    hay: (i) => A.title[i] + " " + source(i) + " " + agency(i) + " " + A.id[i],
    sources: (i) => [A.source[i]],
    filters: {
      "": ["all", () => true], duplicates: ["duplicates", (i) => A.cluster[i] > 0 && duplicate(i)], kept: ["kept copies", (i) => A.cluster[i] > 0 && !duplicate(i)],
      copied: ["with copied text", (i) => A.copied[i] > 0], repeats: ["with repeats", (i) => of("repeats")[i].length > 0],
      furniture: ["with furniture", (i) => of("furniture")[i].length > 0], undated: ["without a date", (i) => !A.date[i]], textless: ["without a text", (i) => !A.text[i]],
    },
    range: { date: (i, v) => (A.date[i] || "").startsWith(v) },
    sorts: {
      order: ["as read", (i) => i], title: ["title", (i) => fold(titleOf(i))], source: ["source", (i) => fold(source(i))], "-new": ["newest", (i) => A.date[i] || ""],
      old: ["oldest", (i) => A.date[i] || "9"], "-words": ["longest", (i) => A.tokens[i]], "-copied": ["most copied", (i) => A.copied[i]],
    },
    href: (i) => to.article(i),
    row: (i) => [title(titleOf(i), "serif"), [own(source(i)), when(i), agency(i) ? own("credits " + agency(i)) : null, A.title[i] ? own(short(A.id[i]), "id") : null, A.cluster[i] ? (duplicate(i) ? "duplicate" : "kept copy") : null],
      num(A.tokens[i]), plural(A.tokens[i], "word"), A.copied[i] ? [bar(A.copied[i] / 100), A.copied[i] + "% copied"] : null],
  },
  clusters: {
    name: ["cluster", "clusters"], size: () => D.clusters.length,
    hay: (i) => D.clusters[i].m.map((m) => A.title[m[0]] + " " + source(m[0])).join(" "),
    sources: (i) => allSources(D.clusters[i].m.map((m) => m[0])),
    range: {
      size: (i, v) => inRange(D.clusters[i].m.length, v),
      res: (i, v) => { const [x, y] = v.split("-").map(Number); return D.clusters[i].m.some((m) => m[4] !== "canonical" && m[1] >= x && m[1] < y); },
    },
    first: "-sure",
    sorts: { "-sure": ["surest", (i) => sure(i)], "-size": ["largest", (i) => D.clusters[i].m.length], order: ["as found", (i) => i], weak: ["weakest first", (i) => Math.min(...D.clusters[i].m.map((m) => m[1]))] },
    href: (i) => to.cluster(i),
    row: (i) => {
      const c = D.clusters[i], least = Math.min(...c.m.slice(1).map((m) => m[1]));
      return [title(titleOf(c.m[0][0]), "serif"), [sourcesLine(c.m.map((m) => m[0])), "resemblance from " + ratio(least)], num(c.m.length), plural(c.m.length, "copy", "copies"), bar(least)];
    },
  },
  passages: found("passages", ["passage", "passages"], {
    filters: {
      "": ["copied", (i) => !D.passages[i].f], near: ["inside near-duplicates", (i) => D.passages[i].f & 2], boilerplate: ["boilerplate", (i) => D.passages[i].f & 1],
      all: ["all", () => true],
    },
    href: (i) => placeHref(D.passages[i], "p" + (i + 1)),
    row: (i) => {
      const p = D.passages[i], list = carriers(p);
      return [title(snippet(p)), [sourcesLine(list), count(list.length, "article"), p.f & 1 ? "boilerplate" : null, origin(p) ? h("span", null, origin(p)) : null], num(p.n), plural(p.n, "word"), null];
    },
  }),
  phrases: {
    ...found("phrases", ["phrase", "phrases"]),
    filters: {
      "": ["all", () => true], wire: ["wire", (i) => D.phrases[i].k === "wire"], quote: ["quotes", (i) => D.phrases[i].k === "quote"], name: ["names", (i) => D.phrases[i].k === "name"],
    },
    first: "-bits",
    sorts: { "-bits": ["most surprising", (i) => D.phrases[i].b], order: ["by story", (i) => i], "-articles": ["in most articles", (i) => carriers(D.phrases[i]).length] },
    href: (i) => placeHref(D.phrases[i], "f" + (i + 1)),
    row: (i) => {
      const p = D.phrases[i], list = carriers(p);
      return [title("“" + snippet(p) + "”"), [p.k, sourcesLine(list), count(list.length, "article")], Math.round(p.b), plural(Math.round(p.b), "bit"), null];
    },
  },
  repeats: found("repeats", ["repeat", "repeats"], {
    href: (i) => to.article(D.repeats[i].o[0]) + "-r" + (i + 1),
    row: (i) => {
      const r = D.repeats[i], lines = [];
      each(r.o, (a, s, e, line) => lines.push(line));
      return [title(snippet(r)), [own(titleOf(r.o[0])), "lines " + lines.slice(0, 8).join(", ")], num(r.n), plural(r.n, "word"), null];
    },
  }),
  furniture: found("furniture", ["piece of furniture", "furniture"], {
    first: "order",
    sorts: { order: ["as found", (i) => i] },
    href: (i) => to.article(D.furniture[i].o[0]) + "-u" + (i + 1),
    row: (i) => [title(snippet(D.furniture[i])), [own(titleOf(D.furniture[i].o[0])), "line " + D.furniture[i].o[3]], "", "", null],
  }),
};

// searched are the kinds that the search looks through, in the order it shows them.
const searched = ["stories", "articles", "phrases", "clusters", "passages"];
