// Who copied from whom.

const flowName = (k) => { const [name, kind] = D.flow.o[k]; return kind === "unseen" ? "a text that is not here" : name || "source unknown"; };
const sourceAt = new Map(D.sources.map((s, i) => [s, i]));

// flowNode names an outlet; one with articles leads to them.
function flowNode(k) {
  const [name, kind, articles] = D.flow.o[k];
  const label = own(flowName(k), kind === "outlet" ? "" : "special");
  label.replaceChildren(...label.textContent.split(/(?<=\.)(?=.)/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]))); // a name of the web breaks behind its dots
  return articles && sourceAt.has(name) ? link(to.list("articles", { source: sourceAt.get(name) }), label) : label;
}

const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function lagOf(hours, lags) {
  if (!lags) return "";
  const n = Math.abs(hours);
  if (!n) return "same day";
  return n < 1.5 ? Math.round(60 * hours) + " min" : n < 36 ? tenths.format(hours) + " h" : tenths.format(hours / 24) + " days";
}

const svgSpace = ["http:", "", "www.w3.org", "2000", "svg"].join("/");
function svg(tag, attributes, ...children) {
  const e = document.createElementNS(svgSpace, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

const drawn = 40; // arrows in the picture: the widest

// side gives the nodes of one side of the picture their places: [{k, words, y, height}].
function side(arrows, end) {
  const words = new Map();
  for (const a of arrows) words.set(a[end], (words.get(a[end]) || 0) + a[2]);
  return [...words].map(([k, n]) => ({ k, words: n })).sort((x, y) => y.words - x.words || x.k - y.k);
}

// flowPicture draws arrows as bands from the origins on the left to those who have the text on the right, as wide as the text is long.
function flowPicture() {
  const arrows = D.flow.a.slice(0, drawn);
  if (!arrows.length) return null;
  const left = side(arrows, 0), right = side(arrows, 1);
  const all = arrows.reduce((n, a) => n + a[2], 0), gap = 8, least = 20;
  const room = Math.max(left.length, right.length) * (least + gap);
  const scale = Math.max(120, Math.min(420, 0.7 * room)) / all;
  const place = (nodes) => {
    let y = 0;
    for (const n of nodes) {
      n.height = Math.max(least, n.words * scale);
      n.y = y;
      n.used = y + (n.height - n.words * scale) / 2;
      y += n.height + gap;
    }
    return y - gap;
  };
  const height = Math.max(place(left), place(right));
  const shift = (nodes) => { const d = (height - nodes[nodes.length - 1].y - nodes[nodes.length - 1].height) / 2; for (const n of nodes) { n.y += d; n.used += d; } };
  shift(left);
  shift(right);
  const leftAt = new Map(left.map((n) => [n.k, n])), rightAt = new Map(right.map((n) => [n.k, n]));
  const hue = new Map(left.map((n, i) => [n.k, i % 8]));
  const bands = arrows.slice().sort((a, b) => leftAt.get(a[0]).y - leftAt.get(b[0]).y || rightAt.get(a[1]).y - rightAt.get(b[1]).y).map((a) => {
    const l = leftAt.get(a[0]), r = rightAt.get(a[1]), w = Math.max(1.5, a[2] * scale), y0 = l.used, y1 = r.used;
    l.used += a[2] * scale;
    r.used += a[2] * scale;
    const say = flowName(a[0]) + " → " + flowName(a[1]) + ": " + count(a[2], "word") + " in " + count(a[3], "article") + (a[6] ? ", median " + lagOf(a[5], a[6]) + " later" : "");
    return svg("path", { d: `M0,${y0}C50,${y0} 50,${y1} 100,${y1}V${y1 + w}C50,${y1 + w} 50,${y0 + w} 0,${y0 + w}Z`, class: "m" + hue.get(a[0]) }, svg("title", {}, say));
  });
  const picture = svg("svg", { viewBox: "0 0 100 " + height, preserveAspectRatio: "none", height, role: "img", "aria-label": "Copied text between outlets; the table below says the same" }, ...bands);
  const names = (nodes, word) => {
    const box = h("ul", { class: word });
    box.style.height = height + "px";
    for (const n of nodes) {
      const li = h("li", null, h("span", { class: "name" }, flowNode(n.k)), h("small", null, brief.format(n.words)));
      li.style.top = n.y + n.height / 2 + "px";
      box.append(li);
    }
    return box;
  };
  return h("div", { class: "flow" }, names(left, "from"), picture, names(right, "to"));
}

function arrowTable() {
  const lag = (r) => (r[6] ? r[5] : "");
  return dataTable("Copied text, by outlets", [
    { name: "from", of: (r) => flowName(r[0]), show: (r) => flowNode(r[0]) }, { name: "to", of: (r) => flowName(r[1]), show: (r) => flowNode(r[1]) },
    { name: "words", num: true, of: (r) => r[2] }, { name: "articles", num: true, of: (r) => r[3] }, { name: "passages", num: true, of: (r) => r[4] },
    { name: "hours later", num: true, of: lag, show: (r) => lagOf(r[5], r[6]) || "–", title: "median time from the origin to the copy, where both dates are known" },
  ], D.flow.a, 2);
}

function outletTable() {
  const rows = D.flow.o.map((o, k) => [k, ...o]).filter((o) => o[3]);
  const share = (i) => ({ num: true, of: (r) => r[i] / 10, show: (r) => (r[i] / 10).toFixed(1) + "%" });
  const parts = (r) => {
    const t = h("span", { class: "track parts", "aria-hidden": "true" });
    [["own", 5], ["part", 6], ["open", 7]].forEach(([c, i]) => { const e = h("i", { class: c }); e.style.width = r[i] / 10 + "%"; t.append(e); });
    return t;
  };
  return [h("p", { class: "legend" }, h("i", { class: "own" }), "its own ", h("i", { class: "part" }), "copied ", h("i", { class: "open" }), "shared, origin not known or public"),
    dataTable("Whose text it is, by outlet", [
      { name: "outlet", of: (r) => flowName(r[0]), show: (r) => flowNode(r[0]) }, { name: "articles", num: true, of: (r) => r[3] }, { name: "words", num: true, of: (r) => r[4] },
      { name: "own", ...share(5) }, { name: "copied", ...share(6) }, { name: "shared", ...share(7) }, { name: "", show: parts },
    ], rows, 1, 30)];
}

function flowView() {
  const f = D.flow;
  const ties = f.t.length ? section("Shared, origin not known", "quotations, statements, one day", dataTable("Shared text without a known origin", [
    { name: "outlet", of: (r) => flowName(r[0]), show: (r) => flowNode(r[0]) }, { name: "and", of: (r) => flowName(r[1]), show: (r) => flowNode(r[1]) },
    { name: "words", num: true, of: (r) => r[2] }, { name: "passages", num: true, of: (r) => r[3] }], f.t, 2, 20)) : null;
  return [h("h1", null, "Who copied from whom"),
    h("p", { class: "hint" }, "Text of ten words or more that stands in two outlets, given to the one it most likely came from: by credits, by dates, by what several copies agree on. Quotations and statements are given to nobody."),
    f.a.length ? section("Copied text", f.a.length > drawn ? "the " + drawn + " largest of " + num(f.a.length) : null, flowPicture(), arrowTable())
      : h("p", { class: "empty" }, "No text went from one outlet to another in a way that can be told."),
    section("Whose text it is", null, outletTable()), ties];
}
