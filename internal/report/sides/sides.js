"use strict";
(() => {
const page = JSON.parse(document.getElementById("data").textContent);
const list = document.getElementById("list"), filters = document.getElementById("filters"), count = document.getElementById("count");
const keeping = page.mode === "keep";
const memory = "dedup " + page.title + " " + page.items.length;
const step = 50;
let decided = new Map(), shown = [], drawn = 0, current = 0;

// make an element with text, never markup
function el(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v); else e.setAttribute(k, v);
  }
  e.append(...children.filter((c) => c !== undefined && c !== ""));
  return e;
}

function remember() {
  try { localStorage.setItem(memory, JSON.stringify([...decided])); } catch { /* a file may have no memory */ }
}
try { decided = new Map(JSON.parse(localStorage.getItem(memory) || "[]")); } catch { decided = new Map(); }

function choices(of) {
  const n = new Map();
  for (const i of page.items) { const v = of(i) || ""; n.set(v, (n.get(v) || 0) + 1); }
  return [...n].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
const by = { rule: (i) => i.rule, band: (i) => i.band, source: (i) => i.left.source };
const chosen = { rule: null, band: null, source: null, sort: "resemblance" };

function filter(name) {
  const all = choices(by[name]);
  if (all.length < 2) return;
  const select = el("select", { id: name, onchange: () => { chosen[name] = select.value === "all" ? null : select.value.slice(1); draw(); } },
    el("option", { value: "all" }, "all"));
  for (const [v, n] of all) select.append(el("option", { value: "=" + v }, (v || "none") + " (" + n + ")"));
  filters.append(el("label", {}, name + " ", select));
}

const words = (i) => i.left.text ? i.left.text.split(/\s+/).length : 0;
const orders = {
  resemblance: (a, b) => (b.resemblance || 0) - (a.resemblance || 0),
  "resemblance, least first": (a, b) => (a.resemblance || 0) - (b.resemblance || 0),
  source: (a, b) => (a.left.source || "") < (b.left.source || "") ? -1 : (a.left.source || "") > (b.left.source || "") ? 1 : 0,
  "words that go": (a, b) => words(b) - words(a),
  "order of the input": () => 0,
};

function side(s, label, marked) {
  const text = el("div", { class: "text" });
  if (s.before) text.append(el("span", { class: "around" }, s.before));
  if (s.text) text.append(marked ? el("mark", {}, s.text) : s.text);
  if (s.after) text.append(el("span", { class: "around" }, s.after));
  if (!s.text && !s.before) text.append(el("span", { class: "around" }, "(its text is not at hand)"));
  const line = [label, s.source, s.date, s.id, s.place].filter(Boolean).join(" · ");
  return el("section", { class: "side" }, el("h2", {}, s.title || s.id || "none"), el("div", { class: "by" }, line), text);
}

function decide(item, value) {
  if (value === null || decided.get(item.line) === value) decided.delete(item.line); else decided.set(item.line, value);
  remember();
  for (const e of list.children) if (e.item.line === item.line) state(e);
  tell();
}

function state(e) {
  const v = decided.get(e.item.line);
  e.classList.toggle("on", v !== undefined);
  for (const b of e.querySelectorAll("button")) b.setAttribute("aria-pressed", String(b.value === v));
}

function card(item) {
  const head = el("div", { class: "head" });
  if (item.rule) head.append(el("span", { class: "rule" }, item.rule));
  if (item.resemblance) head.append(el("span", {}, "resemblance " + item.resemblance.toFixed(4)));
  if (item.containment) head.append(el("span", {}, "containment " + item.containment.toFixed(4)));
  for (const [value, name] of keeping ? [["keep", "Keep (k)"]] : [["y", "Duplicate (y)"], ["n", "Not (n)"]])
    head.append(el("button", { type: "button", value: value, onclick: () => decide(item, value) }, name));
  const whole = !item.left.before && !item.left.after;
  const e = el("article", { tabindex: "0" }, head, el("div", { class: "pair" },
    side(item.left, keeping ? "goes" : "a", keeping && !whole), side(item.right, keeping ? "stays" : "b", keeping && !whole)));
  e.item = item;
  e.addEventListener("focus", () => { current = [...list.children].indexOf(e); });
  state(e);
  return e;
}

function more() {
  const old = document.getElementById("more");
  if (old) old.remove();
  for (const item of shown.slice(drawn, drawn + step)) list.append(card(item));
  drawn = Math.min(drawn + step, shown.length);
  if (drawn < shown.length) list.after(el("button", { type: "button", id: "more", onclick: more }, "Show more (" + (shown.length - drawn) + ")"));
}

function draw() {
  shown = page.items.filter((i) => Object.keys(by).every((k) => chosen[k] === null || (by[k](i) || "") === chosen[k]));
  shown.sort(orders[chosen.sort]);
  list.replaceChildren();
  drawn = current = 0;
  more();
  tell();
}

function tell() {
  count.textContent = shown.length + " of " + page.items.length + " shown; " + decided.size + (keeping ? " kept" : " decided");
}

function save() {
  let text = page.head;
  for (const i of page.items) {
    const v = decided.get(i.line);
    if (v !== undefined) text += keeping ? i.line + "\n" : i.line + "\t" + v + "\n";
  }
  const link = el("a", { download: page.file, href: URL.createObjectURL(new Blob([text], { type: "text/plain" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function go(n) {
  current = Math.max(0, Math.min(list.children.length - 1, current + n));
  const e = list.children[current];
  if (e) { e.focus(); e.scrollIntoView({ block: "center" }); }
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.tagName === "SELECT") return;
  const item = list.children[current] && list.children[current].item;
  if (e.key === "j") go(1);
  else if (e.key === "p") go(-1);
  else if (keeping && e.key === "k" && item) decide(item, "keep");
  else if (!keeping && (e.key === "y" || e.key === "n") && item) { decide(item, e.key); if (decided.get(item.line)) go(1); }
  else return;
  e.preventDefault();
});

for (const name of Object.keys(by)) filter(name);
const sort = el("select", { id: "sort", onchange: () => { chosen.sort = sort.value; draw(); } });
for (const name of Object.keys(orders)) sort.append(el("option", {}, name));
if (!keeping) { chosen.sort = sort.value = "order of the input"; }
filters.append(el("label", {}, "sort by ", sort), el("button", { type: "button", id: "save", onclick: save }, "Save " + page.file),
  el("span", {}, keeping ? "j next · p previous · k keep" : "y duplicate · n not · j next · p previous"));
filters.addEventListener("submit", (e) => e.preventDefault());
draw();
})();
