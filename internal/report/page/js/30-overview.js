// The overview: what was found, each figure a link to what it counts.

function tile(figure, name, href, note) {
  const inside = [h("b", null, figure), h("span", null, name), note ? h("small", null, note) : null];
  return h("li", null, href ? h("a", { href }, inside) : h("div", null, inside));
}

// bars is a list of labelled bars; rows are {label, value, part, href, title}.
function bars(rows, label, legend, kind) {
  const most = Math.max(1, ...rows.map((r) => r.value));
  return [
    legend || null,
    h("ul", { class: "bars " + (kind || ""), "aria-label": label }, rows.map((r) =>
      h("li", null, h("a", { href: r.href, title: r.title || null },
        own(r.label, "name"), bar(r.value / most, r.part == null ? null : r.part / most),
        h("span", { class: "value" }, num(r.value), r.part ? h("small", null, " ", num(r.part)) : null))))),
  ];
}

// columns is a histogram along time; rows are {label, value, href}.
function columns(rows, label) {
  const most = Math.max(1, ...rows.map((r) => r.value));
  const box = h("div", { class: "time" },
    h("ol", { class: "columns", "aria-label": label }, rows.map((r) => {
      const fill = h("i", { "aria-hidden": "true" });
      fill.style.height = (r.value ? Math.max(2, 100 * r.value / most) : 0) + "%";
      const name = r.label + ": " + count(r.value, "article");
      return h("li", null, r.value ? h("a", { href: r.href, "aria-label": name, title: name }, fill) : null);
    })),
    h("p", { class: "axis" }, h("span", null, rows[0].label), h("span", null, "at most " + num(most)), h("span", null, rows[rows.length - 1].label)));
  box.style.maxWidth = Math.max(16, 3 * rows.length) + "rem"; // few columns are not blown up, and the axis ends where they do
  return box;
}

function sourceSection() {
  const all = D.totals.per_source; // name, articles, duplicates
  if (!all.length || (all.length === 1 && !all[0][0])) return null; // nobody says who published what
  const rows = all.slice(0, 14).map(([name, n, copies]) => ({
    label: name || "unknown", value: n, part: copies, href: sourceAt.has(name) ? to.list("articles", { source: sourceAt.get(name) }) : "#articles", title: count(n, "article") + ", " + count(copies, "duplicate"),
  }));
  const more = D.totals.sources - rows.filter((r) => r.label !== "unknown").length;
  const some = all.some((r) => r[2]);
  const legend = some ? h("p", { class: "legend" }, h("i", { class: "full" }), "articles ", h("i", { class: "part" }), "of them duplicates") : null;
  return section("Sources", num(D.totals.sources), bars(rows, "Articles by source", legend),
    more > 0 ? h("p", { class: "more" }, link("#articles?sort=source", "and " + count(more, "more source"))) : null);
}

const sizes = [[2, 2], [3, 3], [4, 5], [6, 9], [10, 19], [20, 49], [50, 99], [100, 1e9]];
const sizeName = ([a, b]) => (a === b ? String(a) : b > 1e8 ? a + " and more" : a + "–" + b);

function sizeBars(values, kind) {
  const rows = sizes.map((r) => ({
    label: sizeName(r) + " articles", value: values.filter((v) => v[0] >= r[0] && v[0] <= r[1]).reduce((n, v) => n + v[1], 0), href: to.list(kind, { size: r[0] + "-" + r[1] }),
  }));
  while (rows.length && !rows[rows.length - 1].value) rows.pop();
  return bars(rows, "Sizes");
}

// histogram draws bins of resemblance, 0 to 1 in steps of 0.05 and 1 itself; the heights are square roots, so that few show beside many.
function histogram(bins, cut, what) {
  const most = Math.max(1, ...bins), edge = (i) => (i === 20 ? "1.00" : (i / 20).toFixed(2));
  const items = bins.map((n, i) => {
    const fill = h("i", { "aria-hidden": "true", class: cut && i / 20 >= cut - 1e-9 ? "above" : "" });
    fill.style.height = (n ? Math.max(2, 100 * Math.sqrt(n / most)) : 0) + "%";
    const name = (i === 20 ? "1.00, the same words" : edge(i) + " to " + edge(i + 1)) + ": " + num(n) + " " + what(n);
    const href = cut && i / 20 >= cut - 1e-9 && D.clusters.length ? to.list("clusters", { res: edge(i) + "-" + (i === 20 ? 2 : edge(i + 1)) }) : null;
    return h("li", { title: name, class: cut && Math.abs(i / 20 - cut) < 0.026 && i / 20 >= cut - 1e-9 ? "cut" : "" }, n && href ? h("a", { href, "aria-label": name }, fill) : h("span", { "aria-label": name }, fill));
  });
  return h("div", { class: "time histo" }, h("ol", { class: "columns", "aria-label": "Resemblance" }, items),
    h("p", { class: "axis" }, ["0", "0.25", "0.50", "0.75", "1"].map((t) => h("span", null, t))));
}

// resemblanceSection reaches below the cut: what is just under it is what a lower threshold would join.
function resemblanceSection() {
  const { pairs, kept, cut } = D.totals;
  if (pairs) {
    const near = cut ? pairs.slice(Math.ceil(20 * cut - 2.001), Math.ceil(20 * cut - 0.001)).reduce((n, v) => n + v, 0) : 0;
    return section("Resemblance", "of the articles of one story, pair by pair", histogram(pairs, cut, (n) => plural(n, "pair")),
      h("p", { class: "hint" }, cut ? "Near-duplicates begin at " + cut.toFixed(2) + "; " + count(near, "pair") + " " + plural(near, "lies", "lie") + " within 0.10 below. " : "", "Heights are square roots. Of each story the first 40 articles."));
  }
  return D.clusters.length ? section("Resemblance", "of duplicates to the copy that is kept", histogram(kept, cut, (n) => plural(n, "duplicate"))) : null;
}

// flowSection names the widest arrows.
function flowSection() {
  if (!D.flow || !D.flow.a.length) return null;
  const rows = D.flow.a.slice(0, 6).map((a) => ({ label: flowName(a[0]) + " → " + flowName(a[1]), value: a[2], href: "#flow", title: count(a[2], "word") + " in " + count(a[3], "article") }));
  return section("Who copied from whom", "words", bars(rows, "Words copied, by outlets", null, "wide"), h("p", { class: "more" }, link("#flow", "all of the flow")));
}

// overTime counts articles by day, by month or by year: the finest that gives at most 62 columns.
function overTime() {
  const days = D.totals.days.filter(([d]) => /^\d{4}-\d\d-\d\d$/.test(d));
  if (!days.length) return null;
  const first = days[0][0], last = days[days.length - 1][0];
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
    for (const [d, times] of days) n.set(d.slice(0, cut), (n.get(d.slice(0, cut)) || 0) + times);
    const rows = labels.map((label) => ({ label, value: n.get(label) || 0, href: to.list("articles", { date: label }) }));
    const unknown = D.summary.articles - days.reduce((k, d) => k + d[1], 0);
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
  if (N < s.articles) notes.push("This page shows " + num(N) + " of " + num(s.articles) + " articles, those of the largest stories first. Figures and charts count all; lists hold what is shown.");
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
  const sizesOf = D.totals.cluster_sizes.length ? section("Cluster sizes", null, sizeBars(D.totals.cluster_sizes, "clusters")) : null;
  const stories = D.summary.stories > 2 && D.parts.stories ? section("Story sizes", null, sizeBars(D.totals.story_sizes, "stories")) : null;
  return [
    h("h1", null, "What was found"), shownNote(), tiles(),
    h("div", { class: "grid" }, largest(), flowSection(), sourceSection(), telling(), resemblanceSection(), time, stories, sizesOf),
  ];
}
