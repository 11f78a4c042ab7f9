// The overview: what was found, each figure a link to what it counts.

function tile(figure, name, href, note) {
  const inside = [h("b", null, figure), h("span", null, name), note ? h("small", null, note) : null];
  return h("li", null, href ? h("a", { href }, inside) : h("div", null, inside));
}

// bars is a list of labelled bars; rows are {label, value, part, href, title}.
function bars(rows, label, legend) {
  const most = Math.max(1, ...rows.map((r) => r.value));
  return [
    legend || null,
    h("ul", { class: "bars", "aria-label": label }, rows.map((r) =>
      h("li", null, h("a", { href: r.href, title: r.title || null },
        own(r.label, "name"), bar(r.value / most, r.part == null ? null : r.part / most),
        h("span", { class: "value" }, num(r.value), r.part ? h("small", null, " ", num(r.part)) : null))))),
  ];
}

// columns is a histogram along time; rows are {label, value, href}.
function columns(rows, label) {
  const most = Math.max(1, ...rows.map((r) => r.value));
  return h("div", { class: "time" },
    h("ol", { class: "columns", "aria-label": label }, rows.map((r) => {
      const fill = h("i", { "aria-hidden": "true" });
      fill.style.height = (r.value ? Math.max(2, 100 * r.value / most) : 0) + "%";
      const name = r.label + ": " + count(r.value, "article");
      return h("li", null, r.value ? h("a", { href: r.href, "aria-label": name, title: name }, fill) : null);
    })),
    h("p", { class: "axis" }, h("span", null, rows[0].label), h("span", null, "at most " + num(most)), h("span", null, rows[rows.length - 1].label)));
}

// perSource counts articles and duplicates by source, the largest first.
function perSource() {
  const all = new Map();
  for (let a = 0; a < N; a++) {
    const s = A.source[a];
    const row = all.get(s) || { s, value: 0, part: 0 };
    row.value++;
    if (A.cluster[a] && duplicate(a)) row.part++;
    all.set(s, row);
  }
  return [...all.values()].sort((x, y) => y.value - x.value || x.s - y.s);
}

function sourceSection() {
  const all = perSource();
  if (all.length === 1 && all[0].s === 0) return null; // nobody says who published what
  const rows = all.slice(0, 14).map((r) => ({
    label: D.sources[r.s] || "unknown", value: r.value, part: r.part, href: to.list("articles", { source: r.s }),
    title: count(r.value, "article") + ", " + count(r.part, "duplicate"),
  }));
  const more = all.length - rows.length;
  const some = all.some((r) => r.part);
  const legend = some ? h("p", { class: "legend" }, h("i", { class: "full" }), "articles ", h("i", { class: "part" }), "of them duplicates") : null;
  return section("Sources", num(all.filter((r) => r.s).length), bars(rows, "Articles by source", legend),
    more > 0 ? h("p", { class: "more" }, link("#articles?sort=source", "and " + count(more, "more source"))) : null);
}

const sizes = [[2, 2], [3, 3], [4, 5], [6, 9], [10, 19], [20, 49], [50, 99], [100, 1e9]];
const sizeName = ([a, b]) => (a === b ? String(a) : b > 1e8 ? a + " and more" : a + "–" + b);

function sizeBars(values, kind) {
  const rows = sizes.map((r) => ({
    label: sizeName(r) + " articles", value: values.filter((v) => v >= r[0] && v <= r[1]).length, href: to.list(kind, { size: r[0] + "-" + r[1] }),
  }));
  while (rows.length && !rows[rows.length - 1].value) rows.pop();
  return bars(rows, "Sizes");
}

function resemblanceBars() {
  const values = D.clusters.flatMap((c) => c.m.filter((m) => m[4] !== "canonical").map((m) => m[1]));
  const bins = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0];
  const rows = bins.map((from, i) => {
    const until = i ? bins[i - 1] : 2;
    return {
      label: from === 1 ? "1.00, the same words" : from === 0 ? "below 0.70" : from.toFixed(2) + " to " + until.toFixed(2),
      value: values.filter((v) => v >= from && v < until).length, href: to.list("clusters", { res: from + "-" + until }),
    };
  });
  while (rows.length && !rows[rows.length - 1].value) rows.pop();
  return bars(rows, "Resemblance of duplicates to the copy that is kept");
}

// overTime counts articles by day, by month or by year: the finest that gives at most 62 columns.
function overTime() {
  const dates = A.date.filter(Boolean).map((d) => d.slice(0, 10)).filter((d) => /^\d{4}-\d\d-\d\d$/.test(d)).sort();
  if (!dates.length) return null;
  const first = dates[0], last = dates[dates.length - 1];
  for (const cut of [10, 7, 4]) { // day, month, year: how much of the date counts
    const labels = [];
    const t = new Date(first.slice(0, 10) + "T00:00:00Z");
    if (cut < 10) t.setUTCDate(1);
    if (cut < 7) t.setUTCMonth(0);
    while (labels.length <= 120 && t.toISOString().slice(0, cut) <= last.slice(0, cut)) {
      labels.push(t.toISOString().slice(0, cut));
      if (cut === 10) t.setUTCDate(t.getUTCDate() + 1);
      else if (cut === 7) t.setUTCMonth(t.getUTCMonth() + 1);
      else t.setUTCFullYear(t.getUTCFullYear() + 1);
    }
    if (labels.length > (cut === 4 ? 121 : 62)) continue;
    const n = new Map();
    for (const d of dates) n.set(d.slice(0, cut), (n.get(d.slice(0, cut)) || 0) + 1);
    const rows = labels.map((label) => ({ label, value: n.get(label) || 0, href: to.list("articles", { date: label }) }));
    const unknown = N - dates.length;
    return section("Over time", null, columns(rows, "Articles over time"),
      unknown ? h("p", { class: "more" }, link("#articles?only=undated", count(unknown, "article") + " without a date")) : null);
  }
  return null;
}

function largest() {
  const rows = D.stories.filter((s) => s.a.length > 1).slice(0, 6);
  if (!rows.length) return null;
  return section("Largest stories", null, h("ol", { class: "lead" }, rows.map((s) => {
    const sources = new Set(s.a.map((a) => A.source[a]).filter(Boolean)).size;
    return h("li", null, h("a", { href: "#story-" + s.n }, own(s.h || titleOf(s.a[0])),
      h("small", null, between([count(s.a.length, "article"), sources ? count(sources, "source") : null, timeSpan(s.a)]))));
  })), D.stories.some((s, i) => i >= 6 && s.a.length > 1) ? h("p", { class: "more" }, link("#stories", "all stories")) : null);
}

// telling shows the phrases that surprise most, one a story.
function telling() {
  const best = new Map();
  for (const p of D.phrases) if (!best.has(p.s) || best.get(p.s).b < p.b) best.set(p.s, p);
  let rows = best.size > 3 ? [...best.values()] : [...D.phrases];
  rows = rows.sort((x, y) => carriers(y).length * y.b - carriers(x).length * x.b).slice(0, 6);
  if (!rows.length) return null;
  return section("Telling phrases", "that independent sources share", h("ol", { class: "lead" }, rows.map((p) =>
    h("li", null, h("a", { href: placeHref(p, "f" + (D.phrases.indexOf(p) + 1)) }, own("“" + snippet(p) + "”"),
      h("small", null, between([p.k, "in " + count(carriers(p).length, "article"), sourcesLine(carriers(p))])))))),
  D.phrases.length > rows.length ? h("p", { class: "more" }, link("#phrases", "all phrases")) : null);
}

function tiles() {
  const s = D.summary, p = D.parts, out = [tile(num(s.articles), plural(s.articles, "article"), "#articles", size(s.bytes))];
  const { duplicated, copied, furniture } = D.totals; // of all articles, as the summary is, also where the page shows a part of them
  if (p.stories) out.push(tile(num(s.stories), plural(s.stories, "story", "stories"), "#stories", "of two articles or more"));
  if (p.clusters) {
    const note = s.duplicates ? "in " + count(s.clusters, "cluster") : "every text is its own";
    out.push(tile(num(s.duplicates), plural(s.duplicates, "duplicate"), s.duplicates ? "#articles?only=duplicates" : "#clusters", note));
    out.push(tile(percent(s.bytes ? duplicated / s.bytes : 0), "of the text duplicated", "#clusters", duplicated ? size(duplicated) + " could go" : "nothing to remove"));
  }
  if (p.passages) out.push(tile(num(copied), plural(copied, "copied passage"), "#passages", s.passages > copied ? num(s.passages - copied) + " more in duplicates or boilerplate" : "between articles"));
  if (p.phrases) out.push(tile(num(s.phrases), plural(s.phrases, "shared phrase"), "#phrases", "between independent sources"));
  if (p.passages) {
    out.push(tile(num(s.repeats), plural(s.repeats, "repeat"), "#repeats", "inside one article"));
    out.push(tile(num(furniture), "furniture", "#furniture", "leftovers of pages"));
  }
  return h("ul", { class: "tiles" }, out);
}

// shownNote says what is not in the page.
function shownNote() {
  const notes = [];
  const s = D.summary;
  if (s.empty) notes.push(count(s.empty, "article") + " " + plural(s.empty, "has", "have") + " no text, and only " + plural(s.empty, "its title tells its", "their titles tell their") + " story.");
  if (N < s.articles) notes.push("This page shows " + num(N) + " of " + num(s.articles) + " articles, those of the largest stories first. The figures at the top count all; lists and charts count what is shown.");
  if (s.skipped) notes.push(count(s.skipped, "input") + " could not be read and " + plural(s.skipped, "is", "are") + " not here.");
  notes.push(num(s.dated) + " of " + count(s.articles, "article") + " " + plural(s.articles, "has", "have") + " a date" +
    (s.dates_not_understood ? " (" + count(s.dates_not_understood, "date") + " not understood)" : "") + ".");
  if (s.dated < s.articles) notes.push("Where the date is not known, time does not keep stories apart.");
  const without = A.text.filter((t) => t === 0).length;
  if (without) notes.push(without === N ? "The texts are not in this page: articles cannot be shown side by side." : "The text of " + count(without, "article") + " is not here.");
  return notes.length ? h("p", { class: "note" }, notes.join(" ")) : null;
}

function overview() {
  const time = overTime();
  const sizesOf = D.clusters.length ? section("Cluster sizes", null, sizeBars(D.clusters.map((c) => c.m.length), "clusters")) : null;
  const stories = D.stories.filter((s) => s.a.length > 1).length > 2 ? section("Story sizes", null, sizeBars(D.stories.filter((s) => s.a.length > 1).map((s) => s.a.length), "stories")) : null;
  return [
    h("h1", null, "What was found"), shownNote(), tiles(),
    h("div", { class: "grid" }, largest(), telling(), sourceSection(), stories, sizesOf,
      D.clusters.length ? section("Resemblance", "to the copy that is kept", resemblanceBars()) : null, time),
  ];
}
