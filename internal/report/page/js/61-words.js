// Which words of a shared passage were changed: the longest common subsequence of its two versions (Myers 1986, the greedy forward algorithm).

const word = /[\p{L}\p{M}\p{N}]+(?:['’.,:-][\p{L}\p{M}\p{N}]+)*/gu;
const wordsOf = (s) => [...s.matchAll(word)].map((m) => ({ s: m.index, e: m.index + m[0].length, w: fold(m[0]).replace(/’/g, "'") }));

const wordsIn = (s, [from, until], skip) => wordsOf(s.slice(from, until)).map((w) => ({ s: w.s + from, e: w.e + from, w: w.w }))
  .filter((w) => !skip.some((k) => k.s <= w.s && w.s < k.e));

const mostEdits = 400; // beyond it two texts have little in common, and the work grows with its square

// changes gives the spans of the passages [from, until] of a and b that are not the same on both: [[start, end]…] for each side, in the texts.
// Words of furniture are no part of a passage: skipA, skipB are the spans of it.
function changes(a, passageA, skipA, b, passageB, skipB) {
  const x = wordsIn(a, passageA, skipA), y = wordsIn(b, passageB, skipB);
  let head = 0, tail = 0;
  while (head < x.length && head < y.length && x[head].w === y[head].w) head++;
  while (tail < x.length - head && tail < y.length - head && x[x.length - 1 - tail].w === y[y.length - 1 - tail].w) tail++;
  const same = lcs(x.slice(head, x.length - tail).map((t) => t.w), y.slice(head, y.length - tail).map((t) => t.w));
  if (!same) return [[], []];
  return [gone(x, head, x.length - tail, new Set(same.map(([i]) => i + head))), gone(y, head, y.length - tail, new Set(same.map(([, j]) => j + head)))];
}

// gone joins the words from…until that are not kept into spans.
function gone(words, from, until, kept) {
  const out = [];
  for (let i = from; i < until; i++) {
    if (kept.has(i)) continue;
    if (out.length && i > from && !kept.has(i - 1)) out[out.length - 1][1] = words[i].e;
    else out.push([words[i].s, words[i].e]);
  }
  return out;
}

// lcs gives the pairs of equal places, null where there are too many differences.
function lcs(a, b) {
  const n = a.length, m = b.length, limit = Math.min(n + m, mostEdits), mid = limit + 1;
  const v = new Int32Array(2 * limit + 3), trace = [];
  for (let d = 0; d <= limit; d++) {
    trace.push(v.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && v[mid + k - 1] < v[mid + k + 1]) ? v[mid + k + 1] : v[mid + k - 1] + 1;
      if (d === 0) x = 0;
      while (x < n && x - k < m && a[x] === b[x - k]) x++;
      v[mid + k] = x;
      if (x >= n && x - k >= m) return walk(trace, n, m, mid);
    }
  }
  return null;
}

function walk(trace, x, y, mid) {
  const out = [];
  for (let d = trace.length - 1; d >= 0; d--) {
    const v = trace[d], k = x - y;
    const before = d === 0 ? 0 : k === -d || (k !== d && v[mid + k - 1] < v[mid + k + 1]) ? k + 1 : k - 1;
    const px = d === 0 ? 0 : v[mid + before], py = d === 0 ? 0 : px - before;
    while (x > px && y > py) out.push([--x, --y]);
    x = px;
    y = py;
  }
  return out.reverse();
}
