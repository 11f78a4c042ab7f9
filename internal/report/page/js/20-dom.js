// Elements are made here and nowhere else, so that nothing is ever parsed as HTML.

// h makes an element. Children are nodes, or strings and numbers that become text; attributes that start with "on" are listeners.
function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (v == null || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k === "class") e.className = v;
    else e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.flat(3).filter((c) => c != null && c !== false).map((c) => (c instanceof Node ? c : document.createTextNode(String(c)))));
  return e;
}

// own is a piece of an article's text with a direction of its own, so that it reorders nothing around it.
const own = (s, className) => h("bdi", { class: className, dir: "auto" }, s);

const link = (href, ...children) => h("a", { href }, ...children);

// out leads to the original of article a.
const out = (a) => (original(a) ? h("a", { class: "out", href: original(a), target: "_blank", rel: "noopener noreferrer external" }, "original ↗") : null);

// section is a part of a page with its heading.
function section(title, aside, ...children) {
  const id = "h-" + title.toLowerCase().replace(/[^a-z]+/g, "-");
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title, aside ? h("small", null, aside) : null), ...children);
}

// bar is a share drawn as a length; the figure stands beside it, so it says nothing to a screen reader.
function bar(share, part) {
  const full = h("i", { class: "full" });
  full.style.width = 100 * Math.min(1, share) + "%";
  const track = h("span", { class: "track", "aria-hidden": "true" }, full);
  if (part != null) {
    const inner = h("i", { class: "part" });
    inner.style.width = 100 * Math.min(1, part) + "%";
    track.append(inner);
  }
  return track;
}

// between joins nodes with a middle dot.
function between(list) {
  const out = [];
  for (const x of list) {
    if (x == null || x === "" || x === false) continue;
    if (out.length && x.className !== "steps") out.push(h("span", { class: "dot", "aria-hidden": "true" }, " · "));
    out.push(x);
  }
  return out;
}

const say = (s) => { $("live").textContent = s; };

// VirtualList shows n rows of one height and keeps only those in the document that are near the screen. The page itself scrolls.
class VirtualList {
  constructor(n, render, label) {
    this.n = n;
    this.render = render;
    this.rows = new Map();
    this.active = -1;
    this.host = h("div", { class: "list", role: "list", "aria-label": label });
    this.paint = this.paint.bind(this);
    this.later = () => { this.frame = this.frame || requestAnimationFrame(this.paint); };
  }

  mount() {
    addEventListener("scroll", this.later, { passive: true });
    addEventListener("resize", this.later);
    this.paint();
  }

  unmount() {
    removeEventListener("scroll", this.later);
    removeEventListener("resize", this.later);
    cancelAnimationFrame(this.frame);
  }

  // height of a row in pixels, as the style sheet has it.
  height() {
    const probe = h("div", { class: "row" });
    this.host.append(probe);
    const px = probe.getBoundingClientRect().height || 64;
    probe.remove();
    return px;
  }

  // most is how many rows fit into what browsers can lay out.
  most(px) { return Math.min(this.n, Math.floor(12e6 / px)); }

  paint() {
    this.frame = 0;
    if (this.width !== innerWidth) {
      this.width = innerWidth;
      this.px = this.height();
      for (const row of this.rows.values()) row.style.top = row.index * this.px + "px";
    }
    const n = this.most(this.px);
    this.host.style.height = n * this.px + "px";
    const top = -this.host.getBoundingClientRect().top;
    const from = this.all ? 0 : Math.max(0, Math.floor(top / this.px) - 8);
    const until = this.all ? Math.min(n, this.all) : Math.min(n, Math.ceil((top + innerHeight) / this.px) + 8);
    for (const [i, row] of this.rows) {
      if ((i < from || i >= until) && !row.contains(document.activeElement)) {
        row.remove();
        this.rows.delete(i);
      }
    }
    let after = null;
    for (let i = from; i < until; i++) {
      let row = this.rows.get(i);
      if (!row) {
        row = h("div", { class: "row", role: "listitem", "aria-posinset": i + 1, "aria-setsize": this.n }, this.render(i));
        row.index = i;
        row.style.top = i * this.px + "px";
        this.rows.set(i, row);
        if (after) after.after(row);
        else this.host.prepend(row);
      }
      after = row;
    }
  }

  // move focuses the row that is d rows further.
  move(d) {
    const held = document.activeElement && document.activeElement.closest(".row");
    if (held) this.active = held.index;
    this.active = Math.max(0, Math.min(this.most(this.px) - 1, this.active + d));
    const y = this.host.getBoundingClientRect().top + scrollY + this.active * this.px;
    if (y < scrollY + 140 || y + this.px > scrollY + innerHeight - 20) scrollTo(0, y - innerHeight / 3);
    this.paint();
    const row = this.rows.get(this.active);
    if (row) row.querySelector("a").focus({ preventScroll: true });
  }

  // print shows the first rows all at once.
  print(on) {
    this.all = on ? 300 : 0;
    this.paint();
  }
}
