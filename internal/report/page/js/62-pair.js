// Two articles side by side.

// sharedOf pairs the places of what a and b have in common: [{key, kind, n, ours: [[s, e]…], theirs: [[s, e]…]}], in the order of a.
function sharedOf(a, b) {
  const out = [];
  const look = (kind, name) => {
    for (const i of of(name)[a]) {
      const f = D[name][i], ours = [], theirs = [];
      each(f.o, (x, s, e) => { if (x === a) ours.push([s, e]); else if (x === b) theirs.push([s, e]); });
      if (ours.length && theirs.length && ours[0][1] > ours[0][0]) out.push({ key: kind + (i + 1), kind, f, ours, theirs });
    }
  };
  look("p", "passages");
  look("f", "phrases");
  out.sort((x, y) => x.ours[0][0] - y.ours[0][0] || y.ours[0][1] - x.ours[0][1]);
  const within = ([s, e], x) => x.kind === "p" && x.ours.some(([from, until]) => from <= s && e <= until);
  let hue = 0;
  out.forEach((x, k) => {
    x.number = k + 1;
    const around = x.kind === "f" && out.find((y) => within(x.ours[0], y)); // a phrase inside a passage has its colour
    x.hue = around ? around.hue : hue++ % 8;
  });
  return out;
}

// sideMarks are the marks of one side.
function sideMarks(shared, side) {
  const out = [];
  for (const x of shared) {
    const label = (x.kind === "p" ? "passage " : "phrase ") + x.number + " of " + shared.length + ", also on the other side; Enter goes there";
    for (const [s, e] of x[side]) out.push({ s, e, kind: x.kind, key: x.key, hue: x.hue, label });
  }
  return out;
}

// changedWords are the marks of the words that differ inside shared passages, left and right; the k-th place is compared with the k-th.
function changedWords(shared, sa, skipA, sb, skipB) {
  const left = [], right = [];
  const add = (out, spans) => { for (const [s, e] of spans) out.push({ s, e, kind: "x", op: "changed" }); };
  for (const x of shared.filter((y) => y.kind === "p")) {
    for (let k = 0; k < Math.max(x.ours.length, x.theirs.length); k++) {
      const [l, r] = changes(sa, x.ours[Math.min(k, x.ours.length - 1)], skipA, sb, x.theirs[Math.min(k, x.theirs.length - 1)], skipB);
      if (k < x.ours.length) add(left, l);
      if (k < x.theirs.length) add(right, r);
    }
  }
  return [left, right];
}

function pairView(a, b, key) {
  const sa = text(a), sb = text(b);
  if (sa == null || sb == null) return [h("h1", null, "Side by side"), h("p", { class: "empty" }, "The text of ", own(titleOf(sa == null ? a : b)), " is not in this page.")];
  const shared = sharedOf(a, b);
  const leftA = leftoverMarks(a), leftB = leftoverMarks(b), furniture = (list) => list.filter((m) => m.kind === "u");
  const marksA = sideMarks(shared, "ours"), marksB = sideMarks(shared, "theirs");
  const [editsA, editsB] = changedWords(shared, sa, furniture(leftA), sb, furniture(leftB));
  const left = pane(a, "left"), right = pane(b, "right");
  const view = h("div", { class: "sides" }, left.box, right.box);
  const state = { changed: true, leftovers: true, sync: true };
  const draw = () => {
    marked(left.body, sa, marksA.concat(state.changed ? editsA : [], state.leftovers ? leftA : []));
    marked(right.body, sb, marksB.concat(state.changed ? editsB : [], state.leftovers ? leftB : []));
    left.strip(shared.map((x) => [x, x.ours]), sa.length);
    right.strip(shared.map((x) => [x, x.theirs]), sb.length);
  };
  draw();
  const toggle = (name, label) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: true, onchange: (e) => { state[name] = e.target.checked; if (name !== "sync") draw(); } }), h("span", null, label));
  const kindsUsed = new Set([...marksA, ...editsA, ...editsB, ...leftA, ...leftB].map((m) => m.kind));
  const walker = walk2(view, left, right, shared);
  current.keys = walker.keys;
  current.shown = () => {
    syncScroll(left, right, shared, state);
    if (key) walker.go(shared.findIndex((x) => x.key === key));
  };
  current.hidden = () => document.body.classList.remove("pairs");
  document.body.classList.add("pairs");
  return [
    pairHead(a, b, shared),
    h("div", { class: "tools pairtools", role: "group", "aria-label": "Side by side" },
      shared.length ? h("span", { class: "walk" },
        h("button", { type: "button", onclick: () => walker.go(walker.at() - 1), "aria-label": "Previous shared piece" }, "←"),
        walker.label, h("button", { type: "button", onclick: () => walker.go(walker.at() + 1), "aria-label": "Next shared piece" }, "→")) : null,
      keyLegend(kindsUsed), h("span", { class: "checks" },
        kindsUsed.has("x") ? toggle("changed", "changed words") : null,
        kindsUsed.has("r") || kindsUsed.has("u") ? toggle("leftovers", "repeats, furniture") : null, toggle("sync", "scroll together"))),
    view,
  ];
}

function pairHead(a, b, shared) {
  const story = A.story[a] && A.story[a] === A.story[b] ? D.stories[storyAt.get(A.story[a])] : null;
  const near = A.cluster[a] && A.cluster[a] === A.cluster[b] ? D.clusters[clusterAt.get(A.cluster[a])] : null;
  const facts = [];
  const passages = shared.filter((x) => x.kind === "p"), phrases = shared.length - passages.length;
  facts.push(passages.length ? count(passages.length, "shared passage") : "no shared passage");
  if (phrases) facts.push(count(phrases, "shared phrase"));
  const at = story && story.c ? [story.a.indexOf(a), story.a.indexOf(b)] : [-1, -1];
  const n = story && story.c ? Math.round(Math.sqrt(story.c.length)) : 0;
  if (at[0] >= 0 && at[1] >= 0 && at[0] < n && at[1] < n) {
    facts.push(story.c[at[0] * n + at[1]] + "% of the left in the right", story.c[at[1] * n + at[0]] + "% of the right in the left", story.v[at[0] * n + at[1]] + "% of words shared");
  }
  if (near) {
    const m = near.m.find((x) => x[4] !== "canonical" && (x[0] === a || x[0] === b) && (near.m[0][0] === a || near.m[0][0] === b));
    if (m) facts.push("resemblance " + ratio(m[1]), m[3] >= 0 ? "distance " + m[3] : null);
  }
  const others = (near ? near.m.map((m) => m[0]) : story ? story.a : []).filter((x) => A.text[x]).slice(0, 200);
  const pick = (label, now, other, build) => (others.length > 2 ? choice(label, others.filter((x) => x !== other).map((x) => [x, (source(x) ? source(x) + ": " : "") + titleOf(x).slice(0, 90)]), now, (v) => { location.hash = build(Number(v)); }) : null);
  return [
    crumb(story ? link("#story-" + story.n, "story " + story.n) : link("#articles", "Articles"), near ? link("#cluster-" + near.n, "cluster " + near.n) : null, "side by side",
      h("span", { class: "steps" }, link(to.pair(b, a), "swap sides"))),
    h("h1", { class: "hidden" }, "Side by side: " + titleOf(a) + " and " + titleOf(b)),
    h("p", { class: "facts" }, between(facts)),
    others.length > 2 ? h("div", { class: "tools picks" }, pick("Left", a, b, (v) => to.pair(v, b)), pick("Right", b, a, (v) => to.pair(a, v))) : null,
  ];
}

// pane is one side: a head, the text that scrolls, and a strip that shows where in it the shared pieces are.
function pane(a, side) {
  const body = h("div", { class: "text serif", dir: "auto" });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Text on the " + side }, cutNote(a), body);
  const map = h("div", { class: "map", "aria-hidden": "true" });
  const box = h("section", { class: "side " + side, "aria-label": side + ": " + titleOf(a) },
    h("header", null, h("h2", { class: "serif" }, h("a", { href: to.article(a), dir: "auto" }, titleOf(a))), h("p", { class: "meta" }, about(a))),
    h("div", { class: "hold" }, scroller, map));
  const strip = (list, length) => map.replaceChildren(...list.flatMap(([x, spans]) => spans.map(([s, e]) => {
    const t = h("i", { class: "m" + x.hue });
    t.style.top = 100 * s / Math.max(1, length) + "%";
    t.style.height = Math.max(0.6, 100 * (e - s) / Math.max(1, length)) + "%";
    return t;
  })));
  return { box, body, scroller, strip };
}

// walk2 moves through the shared pieces and between the sides.
function walk2(view, left, right, shared) {
  let at = -1;
  const label = h("span", { class: "where", role: "status" }, count(shared.length, "shared piece"));
  const bring = (p, key) => {
    const [m] = pieces(p.body, key);
    if (m) p.scroller.scrollTop += m.getBoundingClientRect().top - p.scroller.getBoundingClientRect().top - p.scroller.clientHeight / 3;
    return m;
  };
  const show = (key) => {
    hold(left, right);
    bring(left, key);
    bring(right, key);
    glow(view, key);
  };
  const go = (k, side) => {
    if (!shared.length) return;
    at = (k + shared.length) % shared.length;
    const x = shared[at];
    show(x.key);
    const [m] = pieces((side || left).body, x.key);
    if (m) m.focus({ preventScroll: true });
    label.textContent = (x.kind === "p" ? "passage " : "phrase ") + (at + 1) + " of " + shared.length;
  };
  // cross moves from a mark to its counterpart.
  const cross = (m) => {
    const key = m.dataset.k, k = shared.findIndex((x) => x.key === key);
    if (k >= 0) go(k, left.body.contains(m) ? right : left);
    else if (key) nextRepeat(m, key);
  };
  // nextRepeat goes to where a repeat stands again.
  const nextRepeat = (m, key) => {
    const list = pieces(left.body.contains(m) ? left.body : right.body, key).filter((x) => x.tabIndex === 0);
    const next = list[(list.indexOf(m) + 1) % list.length];
    if (next) { next.scrollIntoView({ block: "nearest" }); next.focus(); }
  };
  view.addEventListener("mouseover", (e) => { const m = e.target.closest("mark"); if (m) glow(view, m.dataset.k); });
  view.addEventListener("focusin", (e) => { const m = e.target.closest("mark"); if (m) glow(view, m.dataset.k); });
  view.addEventListener("click", (e) => { const m = e.target.closest("mark"); if (m && !String(getSelection())) cross(m); });
  view.addEventListener("keydown", (e) => { if (e.key === "Enter" && e.target.matches("mark")) { e.preventDefault(); cross(e.target); } });
  const keys = (e) => {
    if (e.key === "n" || e.key === "j") go(at + 1);
    else if (e.key === "p" || e.key === "k") go(at < 0 ? shared.length - 1 : at - 1);
    else return false;
    return true;
  };
  return { go, at: () => at, label, keys };
}

// hold keeps the sides from following each other for a moment.
let held = 0;
const hold = () => { held = performance.now() + 200; };

// syncScroll makes each side follow the other: shared pieces are anchors, between them it goes in proportion.
function syncScroll(left, right, shared, state) {
  let anchors, width, led = null; // led: the side that moves because the other did
  const measure = () => {
    const y = (p, key) => { const [m] = pieces(p.body, key); return m ? m.getBoundingClientRect().top - p.body.getBoundingClientRect().top : null; };
    anchors = [[0, 0]];
    for (const x of shared) {
      const l = y(left, x.key), r = y(right, x.key), [pl, pr] = anchors[anchors.length - 1];
      if (l != null && r != null && l > pl + 4 && r > pr + 4) anchors.push([l, r]);
    }
    anchors.push([left.scroller.scrollHeight, right.scroller.scrollHeight]);
    width = innerWidth;
  };
  const follow = (from, other, x, y) => {
    if (!state.sync || performance.now() < held) return;
    if (width !== innerWidth) measure();
    const line = from.scroller.clientHeight / 3, at = from.scroller.scrollTop + line;
    let k = 1;
    while (k < anchors.length - 1 && anchors[k][x] < at) k++;
    const [p, q] = [anchors[k - 1], anchors[k]];
    const share = q[x] > p[x] ? Math.min(1, (at - p[x]) / (q[x] - p[x])) : 0;
    const target = from.scroller.scrollTop <= 0 ? 0 : p[y] + share * (q[y] - p[y]) - other.scroller.clientHeight / 3;
    if (Math.abs(other.scroller.scrollTop - Math.max(0, Math.min(target, other.scroller.scrollHeight - other.scroller.clientHeight))) > 1) led = other;
    other.scroller.scrollTop = target;
  };
  const listen = (p, other, x, y) => p.scroller.addEventListener("scroll", () => {
    if (led === p) { led = null; return; }
    follow(p, other, x, y);
  }, { passive: true });
  listen(left, right, 0, 1);
  listen(right, left, 1, 0);
}
