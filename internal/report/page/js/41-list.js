// A list: a tool bar (search, filter, source, sort) over virtual rows. Its whole state is in the address, so that it can be linked to.

// haystacks keeps, by kind, the folded text that a search looks at.
const haystacks = {};
function haystack(kind) {
  if (!haystacks[kind]) {
    const k = kinds[kind];
    haystacks[kind] = Array.from({ length: k.size() }, (_, i) => fold(k.hay(i)));
  }
  return haystacks[kind];
}

// select gives the items of a kind that q asks for, sorted.
function select(kind, q) {
  const k = kinds[kind], words = fold(q.get("q") || "").split(/\s+/).filter(Boolean);
  const hay = words.length ? haystack(kind) : null;
  const filters = k.filters || {}, only = filters[q.get("only") || ""], wanted = q.get("source");
  const ranges = Object.keys(k.range || {}).filter((r) => q.get(r));
  const out = [];
  for (let i = 0; i < k.size(); i++) {
    if (only && !(hay && !q.get("only")) && !only[1](i)) continue; // a search without a filter looks at all
    if (wanted != null && wanted !== "" && !k.sources(i).includes(Number(wanted))) continue;
    if (!ranges.every((r) => k.range[r](i, q.get(r)))) continue;
    if (hay && !words.every((w) => hay[i].includes(w))) continue;
    out.push(i);
  }
  const by = q.get("sort") || k.first, sort = k.sorts && k.sorts[by];
  if (!sort || by === "order") return out;
  const key = new Map(out.map((i) => [i, sort[1](i)])), sign = by.startsWith("-") ? -1 : 1;
  const compare = (x, y) => (typeof x === "string" ? x.localeCompare(y) : x - y);
  return out.sort((x, y) => sign * compare(key.get(x), key.get(y)) || x - y);
}

// row draws item i of a kind.
function row(kind, i, tagged) {
  const [name, meta, figure, unit, extra] = kinds[kind].row(i);
  return h("a", { class: "item", href: kinds[kind].href(i) },
    h("span", { class: "what" }, h("span", { class: "line" }, tagged ? h("span", { class: "tag" }, kinds[kind].name[0]) : null, name),
      h("span", { class: "meta" }, between(meta))),
    h("span", { class: "figure" }, h("span", null, h("b", null, figure), " ", unit), extra ? h("small", null, extra) : null));
}

function choice(label, options, value, onchange) {
  return h("label", { class: "choice" }, h("span", null, label),
    h("select", { onchange: (e) => onchange(e.target.value) }, options.map(([v, name]) => h("option", { value: v, selected: String(v) === String(value) }, name))));
}

const rangeNames = { size: "size", res: "resemblance", date: "date" };

// listView shows one kind, or with kind "search" all that are searched.
function listView(kind, q) {
  const mixed = kind === "search";
  const params = Object.fromEntries(q);
  const go = (change) => { location.replace(to.list(change.kind || kind, { ...params, ...change, kind: "" })); };
  const items = mixed ? searched.flatMap((k) => select(k, q).map((i) => [k, i])) : select(kind, q).map((i) => [kind, i]);
  const heading = mixed ? "Search" : kinds[kind].name[1].replace(/^./, (c) => c.toUpperCase());
  const list = new VirtualList(items.length, (i) => row(items[i][0], items[i][1], mixed), heading);
  current.list = list;
  const used = new Map();
  for (let a = 0; a < N; a++) used.set(A.source[a], (used.get(A.source[a]) || 0) + 1);
  const options = [...used].filter(([s]) => s).sort((x, y) => y[1] - x[1]).slice(0, 500).map(([s, n]) => [s, D.sources[s] + " (" + num(n) + ")"]);
  const k = kinds[kind] || {};
  const input = h("input", { type: "search", value: q.get("q") || "", "aria-label": "Search in this list", placeholder: "Titles, sources, phrases", spellcheck: "false",
    oninput: (e) => { clearTimeout(listView.timer); const v = e.target.value; listView.timer = setTimeout(() => go({ q: v }), 120); } });
  input.id = "narrow";
  const tools = h("div", { class: "tools", role: "search", "aria-label": "Narrow the list" },
    h("label", { class: "choice wide" }, h("span", null, "Find"), input),
    choice("Kind", [...searched.map((s) => [s, kinds[s].name[1]]), ...(mixed ? [["search", "everything"]] : [["search", "everything"], ["repeats", "repeats"], ["furniture", "furniture"]])], kind,
      (v) => { location.hash = to.list(v, { q: params.q, source: params.source }); }),
    k.filters ? choice("Show", Object.entries(k.filters).map(([v, f]) => [v, f[0]]), q.get("only") || "", (v) => go({ only: v })) : null,
    options.length > 1 ? choice("Source", [["", "all"], ...options], q.get("source") || "", (v) => go({ source: v })) : null,
    k.sorts ? choice("Sort", Object.entries(k.sorts).map(([v, s]) => [v, s[0]]), q.get("sort") || k.first || "order", (v) => go({ sort: v === (k.first || "order") ? "" : v })) : null,
    items.length ? copyButton(() => ({ heads: ["kind", ...csvHeads], rows: items.map(([name, i]) => [kinds[name].name[0], ...csvRow(name, i)]) })) : null);
  const chips = Object.keys(k.range || {}).filter((r) => q.get(r)).map((r) =>
    h("button", { class: "chip", type: "button", "aria-label": "Remove filter " + rangeNames[r], onclick: () => go({ [r]: "" }) }, rangeNames[r] + " " + q.get(r) + " ×"));
  const result = count(items.length, mixed ? "result" : kinds[kind].name[0], mixed ? "results" : kinds[kind].name[1]);
  say(result);
  return [
    h("h1", null, heading, h("small", { id: "found" }, items.length === (mixed ? -1 : kinds[kind].size()) ? num(items.length) : result)),
    tools, chips.length ? h("p", { class: "chips" }, chips) : null,
    items.length ? list.host : h("p", { class: "empty" }, emptyNote(kind, q)),
  ];
}

// A row of a list as it is copied. Several articles stand in one cell.
const csvHeads = ["text", "figure", "unit", "articles", "sources", "first date", "origin", "address"];
const plainText = (nodes) => [nodes].flat(3).map((n) => (n instanceof Node ? n.textContent : n == null ? "" : n)).join("");
function csvRow(kind, i) {
  const of = kind === "articles" ? [i] : kind === "stories" ? D.stories[i].a : kind === "clusters" ? D.clusters[i].m.map((m) => m[0]) : carriers(D[kind][i]);
  const [name, , figure, unit] = kinds[kind].row(i), f = D[kind] && D[kind][i];
  return [f && f.t != null ? f.t : plainText(name), Number(plainText(figure).replace(/,/g, "")) || 0, plainText(unit), of.map((a) => A.id[a]).join(" | "),
    allSources(of).filter(Boolean).map((s) => D.sources[s]).join(" | "), of.map((a) => A.date[a]).filter(Boolean).sort()[0] || "", kind === "passages" && f.w ? plainText(origin(f)) : "", kind === "articles" ? original(i) : ""];
}

function emptyNote(kind, q) {
  if ([...q.keys()].length) return "Nothing matches. Take a word or a filter away.";
  if (kind === "search") return "Type to search titles, sources, phrases and passages.";
  if (kind === "clusters") return "No two articles are near-duplicates.";
  if (kind === "passages") return "No passage of ten words or more stands in two articles.";
  if (kind === "stories") return "No two articles tell the same story.";
  return "There is nothing of this kind here.";
}
