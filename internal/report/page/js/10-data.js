// What the page knows. Everything is referred to by index; strings come from articles and are only ever shown as text nodes.
const $ = (id) => document.getElementById(id);
const D = JSON.parse($("data").textContent);
const A = D.articles;
const N = (A.id = A.id || []).length;
for (const column of ["title", "date", "path", "source", "bytes", "tokens", "cluster", "story", "text", "copied", "shared", "agency", "url"]) A[column] = A[column] || [];

// The whole document, texts included, has been read.
const loaded = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else document.addEventListener("DOMContentLoaded", done, { once: true });
});

// Story and cluster by number, which is what links hold.
const storyAt = new Map(D.stories.map((s, i) => [s.n, i]));
const clusterAt = new Map(D.clusters.map((c, i) => [c.n, i]));

// texts keeps the pieces of text that were parsed last.
const texts = new Map();

// text gives the text of article a, null where there is none. Call it when loaded.
function text(a) {
  if (!A.text[a]) return null;
  let k = 0;
  while (k + 1 < D.pieces.length && D.pieces[k + 1] <= a) k++;
  let piece = texts.get(k);
  if (!piece) {
    piece = JSON.parse($("t" + k).textContent);
    if (texts.size >= 6) texts.delete(texts.keys().next().value);
  }
  texts.delete(k);
  texts.set(k, piece);
  return piece[a - D.pieces[k]];
}

// each calls fn(article, start, end, line) for the places of a finding.
function each(places, fn) {
  for (let i = 0; i + 3 < places.length; i += 4) fn(places[i], places[i + 1], places[i + 2], places[i + 3]);
}

// articlesOf lists the articles of a finding, each once, in order.
function articlesOf(places) {
  const out = [];
  each(places, (a) => { if (!out.includes(a)) out.push(a); });
  return out;
}

// of builds, once, the lists of findings by article: of("passages")[a] is a list of indices in D.passages.
const byArticle = {};
function of(kind) {
  if (!byArticle[kind]) {
    const lists = (byArticle[kind] = Array.from({ length: N }, () => []));
    D[kind].forEach((f, i) => { for (const a of articlesOf(f.o)) lists[a].push(i); });
  }
  return byArticle[kind];
}

// byStory lists the phrases of every story, by number.
let phraseLists;
function phrasesOf(story) {
  if (!phraseLists) {
    phraseLists = new Map();
    D.phrases.forEach((p, i) => {
      if (!phraseLists.has(p.s)) phraseLists.set(p.s, []);
      phraseLists.get(p.s).push(i);
    });
  }
  return phraseLists.get(story) || [];
}

// How things are called.
const source = (a) => D.sources[A.source[a]] || "";
const agency = (a) => D.agencies[A.agency[a]] || "";
const number = new Intl.NumberFormat("en");
const brief = new Intl.NumberFormat("en", { notation: "compact" });
const num = (n) => number.format(n);
const plural = (n, one, many) => (n === 1 ? one : many || one + "s");
const count = (n, one, many) => num(n) + " " + plural(n, one, many);
const percent = (x) => (x > 0 && x < 0.001 ? "<0.1" : (100 * x).toFixed(x > 0 && x < 0.0995 ? 1 : 0)) + "%";
const ratio = (x) => (Math.floor(x * 100 + 1e-9) / 100).toFixed(2);
const when = (a) => (A.date[a] || "").slice(0, 16).replace("T", " ");

function size(bytes) {
  if (bytes < 1000) return bytes + " B";
  for (const unit of ["kB", "MB", "GB"]) {
    bytes /= 1000;
    if (bytes < 999.95) return bytes.toFixed(1) + " " + unit;
  }
  return num(Math.round(bytes)) + " GB";
}

// short is an id without its directories, a long one without its middle.
function short(id) {
  const cut = id.lastIndexOf("/");
  const name = cut >= 0 && cut < id.length - 1 ? id.slice(cut + 1) : id;
  return name.length > 36 ? name.slice(0, 16) + "…" + name.slice(-12) : name;
}

// original is the address of the article itself, if it is one of the web; the file holds no other.
const original = (a) => (/^https?:/.test(A.url[a] || "") ? A.url[a] : "");

const titleOf = (a) => A.title[a] || short(A.id[a]);

// span is "from to to" of the dates of articles, empty where none is known.
function timeSpan(list) {
  let from = "", to = "";
  for (const a of list) {
    const d = when(a);
    if (d && (!from || d < from)) from = d;
    if (d && d > to) to = d;
  }
  if (!from || from === to) return from;
  if (from.slice(0, 10) === to.slice(0, 10)) return from.slice(0, 10) + ", " + (from.slice(11) || "00:00") + " to " + to.slice(11);
  return from.slice(0, 10) + " to " + to.slice(0, 10);
}

// duplicate tells an article that is in a cluster and not the copy that is kept.
const kept = new Set(D.clusters.flatMap((c) => c.m.filter((m) => m[4] === "canonical").map((m) => m[0])));
const duplicate = (a) => clusterAt.has(A.cluster[a]) && !kept.has(a);

// fold makes what people type and what stands in articles comparable: case, accents, compatibility forms.
const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Where things are found; articles count from 1.
const to = {
  story: (i) => "#story-" + D.stories[i].n,
  cluster: (i) => "#cluster-" + D.clusters[i].n,
  article: (a) => "#article-" + (a + 1),
  pair: (a, b, mark) => "#pair-" + (a + 1) + "-" + (b + 1) + (mark ? "-" + mark : ""),
  list: (kind, params) => {
    const q = new URLSearchParams();
    for (const [k, v] of Object.entries(params || {})) if (v !== "" && v != null) q.set(k, v);
    const s = q.toString();
    return "#" + kind + (s ? "?" + s : "");
  },
};
