// Marks on a text: passages (p), phrases (f), repeats (r), furniture (u), changed words (x). A mark is {s, e, key, kind, hue, label}: a span in UTF-16
// units, and a key that its counterparts carry too. Marks may overlap; the text is cut at all their ends and every piece gets the classes of
// all marks over it.

const strength = { p: 3, f: 4, r: 2, u: 1, x: 5 };

// whole gives marks of which no phrase or passage cuts a longer one of its kind: one that lies within another gives it its key and is drawn with it, one
// that reaches into another keeps what is outside.
function whole(marks) {
  const out = [], longest = {};
  for (const m of [...marks].sort((a, b) => b.e - b.s - (a.e - a.s) || a.s - b.s)) {
    const n = { ...m, keys: m.key ? [m.key] : [] };
    out.push(n);
    if (m.kind !== "f" && m.kind !== "p") continue;
    const longer = (longest[m.kind] = longest[m.kind] || []);
    const around = longer.find((x) => x.s <= n.s && n.e <= x.e);
    if (around) {
      if (!around.keys.includes(m.key)) around.keys.push(m.key);
      out.pop();
      continue;
    }
    if (m.kind === "f") {
      for (const x of longer) {
        if (x.s <= n.s && n.s < x.e) n.s = x.e;
        if (x.s < n.e && n.e <= x.e) n.e = x.s;
      }
    }
    longer.push(n);
  }
  return out;
}

// marked fills host with the text, marks over it.
function marked(host, s, marks) {
  marks = whole(marks.filter((m) => m.e > m.s && m.s < s.length)).filter((m) => m.e > m.s).sort((a, b) => a.s - b.s || b.e - a.e);
  const cuts = [...new Set(marks.flatMap((m) => [m.s, Math.min(m.e, s.length)]))].sort((a, b) => a - b);
  const out = [], seen = new Set();
  let at = 0, next = 0, open = [];
  const plain = (until) => { if (until > at) out.push(document.createTextNode(s.slice(at, until))); at = until; };
  for (let k = 0; k + 1 < cuts.length; k++) {
    while (next < marks.length && marks[next].s <= cuts[k]) open.push(marks[next++]);
    open = open.filter((m) => m.e > cuts[k]);
    if (!open.length) continue;
    plain(cuts[k]);
    const top = open.filter((m) => m.kind !== "x").sort((a, b) => strength[b.kind] - strength[a.kind] || (a.e - a.s) - (b.e - b.s))[0];
    const classes = new Set();
    for (const m of open) {
      classes.add(m.kind);
      if (m.kind === "x") classes.add(m.op);
    }
    const furniture = open.some((m) => m.kind === "u");
    const colour = !furniture && open.find((m) => m.hue != null && (m.kind === "p" || !open.some((o) => o.kind === "p" && o.hue != null)));
    if (colour) classes.add("m" + colour.hue);
    const piece = h("mark", { class: [...classes].join(" "), "data-k": top ? top.key : null, "data-all": open.flatMap((m) => m.keys).join(" ") },
      s.slice(cuts[k], cuts[k + 1]));
    for (const m of open) {
      if (!m.key || seen.has(m)) continue;
      seen.add(m);
      piece.tabIndex = 0;
      piece.setAttribute("aria-description", [piece.getAttribute("aria-description"), m.label].filter(Boolean).join("; "));
    }
    out.push(piece);
    at = cuts[k + 1];
  }
  plain(s.length);
  host.replaceChildren(...out);
}

// pieces are the elements of a mark in host.
const pieces = (host, key) => [...host.querySelectorAll("mark")].filter((m) => (m.dataset.all || "").split(" ").includes(key));

// glow lights all marks up that have the key.
function glow(root, key) {
  for (const m of root.querySelectorAll("mark.on")) m.classList.remove("on");
  if (key) for (const m of pieces(root, key)) m.classList.add("on");
}

// leftoverMarks are the repeats and the furniture of article a.
function leftoverMarks(a) {
  const out = [];
  for (const i of of("repeats")[a]) each(D.repeats[i].o, (b, s, e) => { if (b === a) out.push({ s, e, kind: "r", key: "r" + (i + 1), label: "repeat, stands more than once here" }); });
  for (const i of of("furniture")[a]) each(D.furniture[i].o, (b, s, e) => { if (b === a) out.push({ s, e, kind: "u", key: "u" + (i + 1), label: "furniture of the page" }); });
  return out;
}

// allMarks are all findings in article a; passages and phrases in the order of the text get the hues in turn.
function allMarks(a) {
  const out = [];
  const add = (kind, list, name) => {
    for (const i of list) each(D[name][i].o, (b, s, e) => { if (b === a) out.push({ s, e, kind, key: kind + (i + 1), label: elsewhere(kind, D[name][i], a) }); });
  };
  add("p", of("passages")[a], "passages");
  add("f", of("phrases")[a], "phrases");
  out.sort((x, y) => x.s - y.s);
  const hues = new Map();
  for (const m of out) {
    if (!hues.has(m.key)) hues.set(m.key, hues.size % 8);
    m.hue = hues.get(m.key);
  }
  return out.concat(leftoverMarks(a));
}

const elsewhere = (kind, f, a) => (kind === "p" ? "passage" : "phrase") + ", also in " + count(carriers(f).filter((b) => b !== a).length, "other article");

// keyLegend explains the marks that a view uses.
function keyLegend(kindsUsed) {
  const names = { p: "passage", f: "shared phrase", x: "changed words", r: "repeat", u: "furniture" };
  return h("p", { class: "legend" }, Object.keys(names).filter((k) => kindsUsed.has(k)).map((k) => [h("mark", { class: k + (k === "x" ? " changed" : "") + (k === "p" || k === "f" ? " m0" : "") }, names[k]), " "]));
}

const cutNote = (a) => (A.text[a] === 2 ? h("p", { class: "note" }, "Only the beginning is shown; the article has " + size(A.bytes[a]) + ".") : null);

// articleView shows one article with everything that was found in it.
function articleView(a, key) {
  const s = text(a);
  const marks = s == null ? [] : allMarks(a);
  const body = h("div", { class: "text serif", dir: "auto" });
  if (s == null) body.append(h("p", { class: "empty" }, "The text of this article is not in this page."));
  else marked(body, s, marks);
  const first = new Map();
  for (const i of of("passages")[a]) if (!(D.passages[i].f & 1)) for (const b of carriers(D.passages[i])) if (b !== a) first.set(b, (first.get(b) || 0) + D.passages[i].n);
  const others = [...first].sort((x, y) => y[1] - x[1]).slice(0, 30);
  const story = D.stories[storyAt.get(A.story[a])];
  const sisters = story ? story.a.filter((b) => b !== a && !first.has(b)).slice(0, 30) : [];
  const to2 = (b, note) => h("li", null, h("a", { href: A.text[a] && A.text[b] ? to.pair(a, b) : to.article(b) }, own(titleOf(b)), h("small", null, between([own(source(b)), when(b), note]))));
  body.addEventListener("mouseover", (e) => { const m = e.target.closest("mark"); glow(body, m && m.dataset.k); });
  const open = (e) => {
    const m = e.target.closest("mark");
    const k = m && m.dataset.k, f = k && (k[0] === "p" ? D.passages : k[0] === "f" ? D.phrases : null);
    const other = f && carriers(f[Number(k.slice(1)) - 1]).find((b) => b !== a && A.text[b]);
    if (other != null) location.hash = to.pair(a, other, k);
  };
  body.addEventListener("click", open);
  body.addEventListener("keydown", (e) => { if (e.key === "Enter") open(e); });
  current.shown = () => { if (key) jump(body, key, true); };
  return [
    crumb(link("#articles", "Articles"), story ? h("a", { href: "#story-" + story.n, dir: "auto" }, "story " + story.n) : null,
      A.cluster[a] && clusterAt.has(A.cluster[a]) ? link("#cluster-" + A.cluster[a], "cluster " + A.cluster[a]) : null),
    h("h1", { class: "serif", dir: "auto" }, titleOf(a)),
    h("p", { class: "facts" }, between([source(a) ? own(source(a)) : "source unknown", when(a) || "no date", agency(a) ? own("credits " + agency(a)) : null, count(A.tokens[a], "word"), size(A.bytes[a]),
      A.cluster[a] ? (duplicate(a) ? "duplicate" : "kept copy") : null, A.copied[a] ? A.copied[a] + "% in copied passages" : null, A.shared[a] ? A.shared[a] + "% shared with other sources of the story" : null])),
    h("p", { class: "path" }, original(a) ? [out(a), " "] : null, own(A.id[a], "id"), D.paths[A.path[a]] !== A.id[a] ? [" in ", own(D.paths[A.path[a]], "id")] : null),
    h("div", { class: "reading" },
      h("article", { "aria-label": "Text" }, marks.length ? keyLegend(new Set(marks.map((m) => m.kind))) : null, cutNote(a), body),
      h("aside", { "aria-label": "Related articles" },
        others.length ? section("Shares passages with", null, h("ul", { class: "related" }, others.map(([b, n]) => to2(b, count(n, "word") + " in common")))) : null,
        sisters.length ? section("Same story", null, h("ul", { class: "related" }, sisters.map((b) => to2(b)))) : null)),
  ];
}

// jump brings a mark into view, within host or the page, and gives it the focus.
function jump(host, key, focus) {
  const [m] = pieces(host, key);
  if (!m) return false;
  m.scrollIntoView({ block: "center" });
  if (focus) m.focus({ preventScroll: true });
  glow(host, key);
  return true;
}
