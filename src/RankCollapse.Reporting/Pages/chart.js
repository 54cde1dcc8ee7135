"use strict";
// Draws figures of panels: lines with bands, markers, bars and heat maps, which share a legend, scales and a cursor. What is drawn comes as data.
const Chart = (() => {
  const svgNamespace = "http://www.w3.org/2000/svg";
  const raised = text => String(text).replace(/[-0-9]/g, c => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[+c]);
  const minus = text => text.replace("-", "−");
  const heatColours = "{{heat}}".split(" ");

  // The twin of NumberText.Plain: as short as it can be, six digits from 100 on.
  function number(value, digits = 3) {
    if (value === null || value === undefined) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value);
    const kept = size >= 100 ? Math.max(6, digits) : digits;
    if (size >= 1e-3 && size < 1e6) return minus(Number(value.toPrecision(kept)).toLocaleString("en", { maximumFractionDigits: 10 }));
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return Number(mantissa) === 1 ? `10${raised(Number(exponent))}` : `${minus(String(Number(mantissa)))}·10${raised(Number(exponent))}`;
  }

  // Text in pieces: what follows _ after a single letter is lowered, what follows ^ is raised.
  function pieces(text) {
    const found = [];
    let end = 0;
    text = text.replaceAll("λ'", "λ′");
    for (const match of text.matchAll(/(?:(?<=\p{L})_\{([^{}]*)\}|(?<=(?<![\p{L}_])\p{L})_(\w)(?![\p{L}_])|\^(?:\{([^{}]*)\}|([−-]?\d+\.\d+|\w)))/gu)) {
      found.push({ text: text.slice(end, match.index), place: "" });
      const lowered = match[1] ?? match[2];
      found.push({ text: lowered ?? match[3] ?? match[4], place: lowered === undefined ? "sup" : "sub" });
      end = match.index + match[0].length;
    }
    found.push({ text: text.slice(end), place: "" });
    return found.filter(piece => piece.text);
  }

  function element(name, attributes, parent, text) {
    const node = document.createElementNS(svgNamespace, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    let shift = 0;
    for (const piece of text === undefined ? [] : pieces(text)) {
      const wanted = piece.place === "sub" ? 3 : piece.place === "sup" ? -4 : 0;
      const part = document.createElementNS(svgNamespace, "tspan");
      if (wanted !== shift) part.setAttribute("dy", wanted - shift);
      if (piece.place) part.setAttribute("font-size", "75%");
      part.textContent = piece.text;
      shift = wanted;
      node.append(part);
    }
    if (parent) parent.append(node);
    return node;
  }

  function say(node, text) {
    node.replaceChildren(...pieces(text.replaceAll(" = ", "\u00a0=\u00a0")).map(piece => piece.place ? html(piece.place, "", null, piece.text) : piece.text));
    return node;
  }

  function html(name, className, parent, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    if (parent) parent.append(node);
    return node;
  }

  function button(className, parent, text, act) {
    const node = html("button", className, parent, text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  function linearTicks(low, high, most, isWhole) {
    const range = high - low;
    const power = 10 ** Math.floor(Math.log10(range / most));
    const step = Math.max(isWhole ? 1 : 0, [1, 2, 5, 10].map(f => f * power).find(s => range / s <= most));
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push({ at: k * step, text: number(k * step, 6) });
    return ticks;
  }

  // The twin of AxisRange: decades, and unlabelled ticks between where there are few of them; narrow ranges have 1, 2 and 5 times powers of ten, and still
  // narrower ones multiples of a step.
  function decadeTicks(low, high, most) {
    const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9);
    if (high - low < 1.5 || last - first < 1) {
      const between = mantissas => Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, i) => i + Math.floor(low))
        .flatMap(e => mantissas.map(m => ({ at: e + Math.log10(m), value: Number(`${m}e${e}`) }))).filter(({ at }) => at >= low - 1e-9 && at <= high + 1e-9);
      const round = between([1, 2, 5]);
      if (round.length < 3) return linearTicks(10 ** low, 10 ** high, most).map(({ at, text }) => ({ at: Math.log10(at), text }));
      return [...round.map(({ at, value }) => ({ at, text: number(value) })), ...between([3, 4, 6, 7, 8, 9]).map(({ at }) => ({ at, text: "" }))];
    }
    let every = Math.max(1, Math.ceil((last - first + 1) / most));
    if (every > 3) every = every <= 5 ? 5 : 10 * Math.ceil(every / 10);
    const isPlain = first >= 0 && last <= 4, ticks = [];
    for (let e = first; e <= last; e++) ticks.push({ at: e, text: e % every ? "" : isPlain ? number(10 ** e) : `10${raised(e)}` });
    if (high - low <= 4.5) for (let e = first - 1; e <= last; e++) for (let m = 2; m <= 9; m++) {
      const at = e + Math.log10(m);
      if (at >= low && at <= high) ticks.push({ at, text: "" });
    }
    return ticks;
  }

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const wide = text => 6.8 * [...text].length;
  const pencil = document.createElement("canvas").getContext("2d");
  function measure(text) {
    pencil.font = "12px Inter, system-ui, sans-serif";
    return pencil.measureText(pieces(text).map(piece => piece.text).join("")).width;
  }

  // A label in one line, or in two where it is longer than its room: broken at the blank nearest to the middle.
  function fitted(text, room) {
    const blanks = [...text.matchAll(/ (?![^{]*\})/g)].map(match => match.index);
    if (measure(text) <= room || !blanks.length) return [text];
    const at = blanks[nearest(blanks, text.length / 2)];
    return [text.slice(0, at), text.slice(at + 1)];
  }
  const longest = texts => Math.max(0, ...texts.map(wide));

  function heat(share) {
    const scaled = clamp(share, 0, 1) * (heatColours.length - 1);
    const left = Math.min(Math.floor(scaled), heatColours.length - 2);
    const part = (at, i) => parseInt(heatColours[at].slice(1 + 2 * i, 3 + 2 * i), 16);
    return `rgb(${[0, 1, 2].map(i => Math.round(part(left, i) + (scaled - left) * (part(left + 1, i) - part(left, i))))})`;
  }

  // Whether black is read more easily than white on a colour: one of both has a contrast of at least 4.5 on any.
  function isLight(rgb) {
    const [r, g, b] = rgb.match(/\d+/g).map(c => c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
  }

  // A matrix as a picture of one pixel an entry.
  function pixels(columns, rows, share) {
    const canvas = document.createElement("canvas");
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext("2d");
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      context.fillStyle = heat(share(r, c));
      context.fillRect(c, r, 1, 1);
    }
    return canvas.toDataURL();
  }

  function nearest(values, wanted) {
    let best = 0;
    values.forEach((v, i) => { if (Math.abs(v - wanted) < Math.abs(values[best] - wanted)) best = i; });
    return best;
  }

  // By a name; what has none is left out.
  function grouped(items, nameOf) {
    const groups = new Map();
    for (const item of items) if (nameOf(item)) groups.set(nameOf(item), [...groups.get(nameOf(item)) ?? [], item]);
    return groups;
  }

  const isLine = series => series.mark === "line" || series.mark === "dashed" || series.mark === "dottedLine";
  const isPicture = panel => panel.heat && panel.heat.steps;
  const isPlain = panel => panel.equal || isPicture(panel);
  const isShared = (a, b) => a.label === b.label && !a.log === !b.log && a.low === b.low && a.high === b.high && String(a.labels) === String(b.labels);

  // What a panel has of its own beside the one that others show too.
  const own = (panel, of) => new Set(of === "line" ? [...panel.levels, ...panel.marks].map(line => line.name) : panel.series.map(s => s[of]));

  // The outline of a marker of a size, and whether it is filled.
  const outlines = {
    dots: r => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
    triangles: r => `m0 ${-1.15 * r}l${1.15 * r} ${2.15 * r}h${-2.3 * r}Z`,
    squares: r => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}Z`,
    crosses: r => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
    dashes: r => `m${-2 * r} 0h${4 * r}`,
  };
  Object.assign(outlines, { dottedLine: outlines.dots, rings: outlines.dots, openTriangles: outlines.triangles });
  const isOpen = mark => ["rings", "openTriangles", "crosses", "dashes"].includes(mark);

  return class Chart {
    static number = number;
    static heat = heat;

    // A page may say what a cell of a heat map tells (describe), and what choosing one does (choose).
    constructor(host, data, { describe, choose } = {}) {
      this.host = host;
      this.number = Chart.count = (Chart.count ?? 0) + 1;
      this.data = data;
      this.describe = describe;
      this.choose = choose;
      this.hidden = new Set();
      this.usesLinear = { x: false, y: false };
      this.moment = 0;
      this.active = null;
      this.cursor = null;
      this.observer = new ResizeObserver(() => this.draw());
      this.build();
    }

    // Takes new data, as of a run that goes on; series that were hidden stay hidden, and a cursor stays where it is.
    update(data) {
      const shape = d => JSON.stringify(d.panels.map(p => [p.title, p.x.label, p.y.label, ...p.series.map(s => s.name)]));
      const isSame = shape(data) === shape(this.data);
      this.data = data;
      if (isSame) {
        this.views.forEach((view, i) => { view.panel = data.panels[i]; });
      } else {
        this.observer.disconnect();
        this.host.replaceChildren();
        this.build();
      }
      this.draw();
      const isThere = isSame && this.active && (this.places(this.active.panel).count ?? Infinity) > this.cursor;
      this.lead(isThere ? this.active : null, isThere ? this.cursor : null);
    }

    get visible() { return this.views.filter(v => v.panel.moment === undefined || v.panel.moment === this.moment); }

    build() {
      const { panels, moments, headings, columns } = this.data;
      if (moments) this.buildMoments(moments);
      this.tools = html("div", "tools", this.host);
      this.keys = [];
      this.blocks = new Map();
      this.views = panels.map(panel => this.buildPanel(panel, this.blockOf(panel, headings, columns)));
      this.buildKeys(panels, null, (name, of) => this.isCommon(name, of));
      for (const view of this.views) this.buildKeys([view.panel], view, (name, of) => !this.isCommon(name, of));
      this.reading = html("output", "reading", this.tools);
      this.reading.setAttribute("aria-live", "polite");
      this.scales = {};
      const scales = html("div", "scales", this.tools);
      for (const axis of ["x", "y"]) {
        if (!panels.some(p => p[axis].log && !p.heat)) continue;
        this.scales[axis] = button("scale", scales, "", () => { this.usesLinear[axis] = !this.usesLinear[axis]; this.draw(); });
      }
      for (const block of this.blocks.values()) this.observer.observe(block);
      this.lead(null, null);
    }

    // Panels stand in the group that they belong to, under its heading.
    blockOf(panel, headings, columns) {
      const at = panel.block ?? 0;
      if (!this.blocks.has(at)) {
        if (headings && headings[at]) say(html("h4", "block", this.host), headings[at]);
        const those = this.data.panels.filter(p => (p.block ?? 0) === at), few = Math.min(columns, those.length);
        this.blocks.set(at, html("div", those.some(isPlain) ? "panels small" : few > 2 ? "panels many" : "panels", this.host));
      }
      return this.blocks.get(at);
    }

    // Whether a key belongs above all panels, because more than half of them show what it names; otherwise it stands in those that do.
    isCommon(name, of) {
      const all = this.data.panels.filter(p => p.series.length > 0);
      return 2 * all.filter(p => own(p, of).has(name)).length > all.length || all.length < 2;
    }

    // A key for each name, and for each kind of marks that names have, such as trained and predicted; then the reference lines.
    buildKeys(panels, view, isHere) {
      const series = panels.flatMap(p => p.series), names = grouped(series, s => s.name), kinds = grouped(series, s => s.kind);
      const lines = new Set(panels.flatMap(p => [...p.levels, ...p.marks]).map(line => line.name).filter(Boolean));
      const host = () => !view ? this.tools : view.tools ??= view.box.insertBefore(html("div", "tools"), view.svg);
      for (const [name, all] of names) {
        if (!isHere(name, "name")) continue;
        const colour = all.every(s => s.colour === all[0].colour) ? all[0].colour : "var(--muted)";
        const mark = all[0].kind && names.size > 1 ? "line" : all[0].mark;
        this.keys.push({ name, view, output: this.buildKey(host(), name, name, colour, mark) });
      }
      for (const [kind, all] of kinds) if (isHere(kind, "kind")) this.buildKey(host(), `kind:${kind}`, kind, "var(--muted)", all[0].mark);
      for (const name of lines) if (isHere(name, "line")) this.label(html("span", "key", host()), name, "var(--reference)", "dashed");
    }

    buildKey(host, id, name, colour, mark) {
      const key = button("key", host, undefined, () => {
        if (this.hidden.has(id)) this.hidden.delete(id); else this.hidden.add(id);
        for (const one of this.host.querySelectorAll("button.key")) if (one.dataset.key === id) one.setAttribute("aria-pressed", String(!this.hidden.has(id)));
        this.draw();
      });
      key.dataset.key = id;
      key.setAttribute("aria-pressed", String(!this.hidden.has(id)));
      this.label(key, name, colour, mark);
      return html("output", "", key);
    }

    // The sign of a mark, and its name.
    label(key, name, colour, mark) {
      const sign = element("svg", { width: 18, height: 10, viewBox: "0 0 18 10", "aria-hidden": "true" }, key);
      const dashes = mark === "dashed" ? { "stroke-dasharray": "4 3" } : {};
      if (isLine({ mark })) element("path", { d: "M0 5H18", stroke: colour, "stroke-width": 2.5, ...dashes }, sign);
      if (outlines[mark] || mark === "bars") this.drawMarkers(sign, [[9, 5]], mark === "bars" ? "squares" : mark, colour, mark === "dashes" ? 4 : 8);
      key.append(...say(html("span"), name).childNodes);
    }

    buildMoments(moments) {
      const row = html("div", "moments", this.host);
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", "Moment of the training");
      const buttons = moments.map((name, i) => button("moment", row, name.split(":")[0], () => show(i)));
      const text = html("p", "note momentum", this.host, moments[0]);
      const mark = i => buttons.forEach((b, k) => b.setAttribute("aria-pressed", String(k === i)));
      mark(this.moment);
      const show = i => {
        this.moment = i;
        text.textContent = moments[i];
        mark(i);
        this.lead(null, null);
        this.draw();
      };
    }

    buildPanel(panel, block) {
      const box = html("div", "panel", block);
      const heading = panel.title || panel.detail ? say(html("h4", "", box), panel.title) : null;
      if (panel.detail) html("small", "", heading, ` ${panel.detail}`);
      const moves = panel.heat || panel.equal ? `from value to value${this.choose ? ", Enter chooses one" : ""}` : "the cursor";
      const name = `${panel.title || panel.y.label} over ${panel.x.label}; the arrow keys move ${moves}`;
      const svg = element("svg", { tabindex: 0, role: this.choose ? "application" : "img", "aria-label": name }, box);
      const view = { panel, svg, box };
      svg.addEventListener("pointermove", event => this.point(event, view));
      svg.addEventListener("pointerdown", event => this.point(event, view));
      svg.addEventListener("pointerleave", () => this.lead(null, null));
      svg.addEventListener("blur", () => this.lead(null, null));
      svg.addEventListener("keydown", event => this.key(event, view));
      if (this.choose) svg.addEventListener("click", () => { if (this.cursor !== null) this.chooseCell(view); });
      return view;
    }

    chooseCell({ panel }) {
      const { columns } = this.places(panel);
      this.choose(Math.floor(this.cursor / columns), this.cursor % columns);
    }

    isLog(panel, axis) { return panel[axis].log && (panel.heat || !this.usesLinear[axis]); }

    // The panels that share an axis with one.
    sharing(panel, axis) { return this.data.panels.filter(p => p === panel || (!isPlain(p) && !isPlain(panel) && isShared(p[axis], panel[axis]))); }

    shown(panel) { return panel.series.filter(s => !this.hidden.has(s.name) && !this.hidden.has(`kind:${s.kind}`)); }

    // Where a cursor can be: x of lines, points, or entries of a heat map.
    places(panel) {
      if (panel.heat) return { columns: panel.heat.columns.length, count: panel.heat.columns.length * panel.heat.rows.length };
      if (panel.equal) return { points: this.shown(panel).flatMap(s => s.x.map((x, i) => ({ series: s, x, y: s.y[i] }))) };
      return { xs: [...new Set(this.sharing(panel, "x").flatMap(p => p.series.flatMap(s => s.x)))].sort((a, b) => a - b) };
    }

    key(event, view) {
      const { panel } = view, places = this.places(panel);
      const count = places.count ?? (places.points ?? places.xs).length;
      if (count === 0) return;
      const rows = places.columns ?? 0, start = rows && !isPicture(panel) ? count - rows : 0;
      const isIn = this.active === view && this.cursor !== null;
      if (event.key === "Escape") { event.preventDefault(); this.lead(null, null); if (this.choose) this.choose(null); return; }
      if (this.choose && isIn && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); this.chooseCell(view); return; }
      const jump = Math.max(1, Math.round((places.columns ?? count) / 10));
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -jump, PageUp: jump, Home: -count, End: count };
      if (rows) Object.assign(steps, { ArrowUp: isPicture(panel) ? -rows : rows, ArrowDown: isPicture(panel) ? rows : -rows });
      if (steps[event.key] === undefined) return;
      event.preventDefault();
      const isFirst = rows && !isIn && event.key.startsWith("Arrow");
      const at = isIn ? this.cursor : rows ? start : count - 1, to = at + steps[event.key];
      const isOver = rows && event.key.startsWith("Arrow") && (to < 0 || to >= count);
      this.lead(view, isFirst ? start : isOver ? at : clamp(to, 0, count - 1));
    }

    point(event, view) {
      if (!view.frame) return;
      const box = view.svg.getBoundingClientRect();
      const { left, right, top, bottom, width, height } = view.frame;
      const across = (event.clientX - box.left - left) / Math.max(1, width - left - right);
      const down = (event.clientY - box.top - top) / Math.max(1, height - top - bottom);
      const { panel } = view, places = this.places(panel);
      if (panel.heat) {
        const rows = places.count / places.columns, isOutside = this.choose && (across < 0 || across > 1 || down < 0 || down > 1);
        const row = clamp(Math.floor(down * rows), 0, rows - 1), column = clamp(Math.floor(across * places.columns), 0, places.columns - 1);
        this.lead(isOutside ? null : view, isOutside ? null : (isPicture(panel) ? row : rows - 1 - row) * places.columns + column);
      } else if (places.points) {
        const x = event.clientX - box.left, y = event.clientY - box.top;
        let best = null, least = 30;
        places.points.forEach((p, i) => { const d = Math.hypot(view.x(p.x) - x, view.y(p.y) - y); if (d < least) { least = d; best = i; } });
        this.lead(best === null ? null : view, best);
      } else if (places.xs.length) {
        const [low, high] = view.range.x, value = low + across * (high - low);
        this.lead(view, nearest(this.isLog(panel, "x") ? places.xs.map(v => v > 0 ? Math.log10(v) : -Infinity) : places.xs, value));
      }
    }

    // Moves the cursor of a panel, and of those that share its x axis; null takes it away.
    lead(view, index) {
      this.active = view;
      this.cursor = index;
      const panel = view ? view.panel : this.data.panels[0];
      let text = "", values = () => null;
      if (!panel) text = "";
      else if (view && panel.heat) text = this.entry(panel, index);
      else if (view && panel.equal) {
        const point = this.places(panel).points[index];
        text = `${panel.title}, ${point.series.name}: (${number(point.x)}, ${number(point.y)})`;
      } else if (panel.heat) text = this.describe ? "" : `colour: ${panel.heat.scale.label}`;
      else if (!panel.equal) {
        const group = this.sharing(panel, "x"), xs = this.places(panel).xs;
        const isAlone = group.length === this.data.panels.length;
        if (xs.length && (view || isAlone && group.length <= 2 && panel.x.label === "epoch")) {
          this.x = index === null ? xs[xs.length - 1] : xs[index];
          const shownAs = panel.x.labels ? panel.x.labels[this.x] : this.x.toLocaleString("en", { maximumSignificantDigits: 6 });
          const isOneEnd = group.every(p => p.series.every(s => s.x.length === 0 || s.x[s.x.length - 1] === this.x));
          const place = `${panel.x.label}${/^[a-z]+$/.test(panel.x.label) ? "" : ":"} ${shownAs}`;
          text = index !== null ? place : isOneEnd ? `at the end, ${place}` : "at the end of each";
          values = (name, alone) => {
            const asked = alone ? (group.includes(alone) ? [alone] : []) : group.length <= 2 ? group : [panel];
            const found = asked.map(p => p.series.find(s => s.name === name && s.mark !== "dashed" && s.x.length)).filter(Boolean).map(s => {
              const i = index === null ? s.x.length - 1 : nearest(s.x, this.x);
              const isNear = index === null || Math.abs(s.x[i] - this.x) <= 0.02 * (xs[xs.length - 1] - xs[0]);
              return isNear && s.y[i] !== null ? number(s.y[i]) + (s.lower ? ` (${number(s.lower[i])} to ${number(s.upper[i])})` : "") : "";
            });
            return found.some(Boolean) ? found.map(value => value || "–").join(" | ") : "";
          };
        }
      }
      for (const { name, view: place, output } of this.keys) output.textContent = values(name, place && place.panel) ?? "";
      say(this.reading, text);
      this.marks();
    }

    entry(panel, index) {
      const { columns, rows, scale, values, steps } = panel.heat;
      const row = Math.floor(index / columns.length), column = index % columns.length;
      if (this.describe) return this.describe(row, column);
      const title = panel.title ? `${panel.title}, ` : "";
      if (steps) return `${title}${rows[row]} with ${columns[column]}: ${number(scale.low + this.steps(panel)[index] / 255 * (scale.high - scale.low), 2)}`;
      return `${title}${panel.x.label} ${columns[column]}, ${panel.y.label} ${rows[row]}: ${scale.label} ${number(values[row][column])}`;
    }

    steps(panel) { return panel.heat.bytes ??= Uint8Array.from(atob(panel.heat.steps), c => c.charCodeAt(0)); }

    // The range of an axis in the units that are drawn, and whether all values are whole; null where there is nothing.
    extent(panel, axis) {
      const { labels, low: least, high: largest } = panel[axis], log = this.isLog(panel, axis);
      if (labels) return { range: [-0.5, labels.length - 0.5] };
      if (panel.equal) {
        const half = 1.2 * Math.max(...panel.series.flatMap(s => [...s.x, ...s.y]).map(Math.abs), 1e-300);
        return { range: [-half, half] };
      }
      const sharing = this.sharing(panel, axis);
      const values = sharing.flatMap(p => [
        ...(axis === "x" ? p.series : this.shown(p)).flatMap(s => [...s[axis], ...(axis === "y" && s.lower ? [...s.lower, ...s.upper] : [])]),
        ...(axis === "x" ? p.marks : p.levels).map(line => line.at),
      ]).filter(value => value !== null && (!log || value >= 0));
      let low = Infinity, high = -Infinity;
      for (const value of values) if (!log || value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
      const isWhole = values.length > 0 && values.every(Number.isInteger);
      if (least !== undefined && largest !== undefined) return { range: log ? [Math.log10(least), Math.log10(largest)] : [least, largest], isWhole };
      if (low > high) return axis === "x" ? { range: [0, 1] } : null;
      if (log) {
        [low, high] = [Math.log10(low), Math.log10(high)];
        const room = Math.max(0, 0.05 - (high - low)) / 2 + Math.max(0.04 * (high - low), 0.02), span = high - low + 2 * room;
        // Zeros have a place of their own, below all others.
        if (values.includes(0)) return { range: [low - room - 0.12 * span, high + room], zero: low - room - 0.08 * span };
        return { range: [low - room, high + room] };
      }
      const span = high > low ? high - low : Math.max(1e-12, Math.abs(high));
      const hasPoints = sharing.some(p => p.series.some(s => s.mark !== "line" && s.mark !== "dashed"));
      const side = axis === "x" ? hasPoints ? 0.03 : 0 : 0.06;
      const below = axis === "x" ? (low >= 0 && low <= 0.1 * high ? low : 0) + side * span : low >= 0 && low < 0.5 * high ? low : 0.05 * span;
      let range = [least ?? low - below, largest ?? high + side * span];
      if (range[1] <= range[0]) range = [range[0] - 0.5, range[0] + 0.5];
      return { range, isWhole };
    }

    draw() {
      for (const axis in this.scales) {
        this.scales[axis].textContent = `${this.usesLinear[axis] ? "Logarithmic" : "Linear"} ${this.scales.x ? `${axis} ` : ""}scale`;
      }
      for (const view of this.views) view.box.hidden = !this.visible.includes(view);
      for (const view of this.visible) this.drawPanel(view);
      this.marks();
    }

    drawPanel(view) {
      const { panel, svg } = view, { heat: map } = panel;
      const isCells = map && !isPlain(panel), xLabels = panel.x.labels ?? [], yLabels = panel.y.labels ?? [];
      const width = svg.clientWidth;
      if (!width) return;
      const names = view.names = { x: fitted(panel.x.label, width - 4), y: fitted(panel.y.label, Math.max(120, svg.clientHeight - 4)) };
      const left = (yLabels.length ? Math.min(width / 3, 34 + longest(yLabels)) : 58) + 14 * (names.y.length - 1);
      const bottom = (isCells ? 80 : 42) + 14 * (names.x.length - 1);
      const frame = isPlain(panel) ? { left: 1, right: 1, top: 1, bottom: 1 } : { left, right: isCells ? 14 : 22, top: 12, bottom };
      view.isTurned = longest(xLabels) > Math.max(1, (width - frame.left - frame.right) / xLabels.length) - 4 && xLabels.length > 0;
      if (view.isTurned) frame.bottom += Math.min(90, longest(xLabels)) - 8;
      if (isCells && yLabels.length) svg.style.setProperty("height", `${clamp(420 / yLabels.length, 6, 40) * yLabels.length + frame.top + frame.bottom}px`);
      const height = svg.clientHeight;
      if (!height) return;
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.replaceChildren();
      view.frame = { ...frame, width, height };
      if (isPicture(panel)) {
        const { columns, rows } = map, steps = this.steps(panel);
        const url = map.url ??= pixels(columns.length, rows.length, (r, c) => steps[r * columns.length + c] / 255);
        element("image", { href: url, x: 1, y: 1, width: width - 2, height: height - 2, preserveAspectRatio: "none" }, svg);
      } else {
        this.drawAxes(view);
      }
      const middle = { x: (frame.left + width - frame.right) / 2, y: (frame.top + height - frame.bottom) / 2, "text-anchor": "middle" };
      if (panel.note) element("text", { ...middle, class: map ? "on-dark" : "note" }, svg, panel.note);
      view.cursor = element("g", { "pointer-events": "none" }, svg);
    }

    drawAxes(view) {
      const { panel, svg, frame: { left, right, top, bottom, width, height } } = view;
      const x = this.extent(panel, "x"), y = this.extent(panel, "y");
      view.range = { x: x.range, y: y ? y.range : [0, 1] };
      view.zero = { x: x.zero, y: y ? y.zero : undefined };
      const at = (axis, from, to) => drawn => from + (drawn - view.range[axis][0]) / (view.range[axis][1] - view.range[axis][0]) * (to - from);
      const tickX = at("x", left, width - right), tickY = at("y", height - bottom, top);
      const place = (axis, tick) => (value, mayLeave) => {
        const log = this.isLog(panel, axis), isZero = log && value === 0 && view.zero[axis] !== undefined;
        if (value === null || (log && value <= 0 && !isZero)) return null;
        const drawn = isZero ? view.zero[axis] : log ? Math.log10(value) : value, [low, high] = view.range[axis], room = 1e-6 * (high - low);
        return mayLeave || drawn >= low - room && drawn <= high + room ? clamp(tick(drawn), -1e4, 1e4) : null;
      };
      view.x = place("x", tickX);
      view.y = y ? place("y", tickY) : () => null;
      if (panel.equal) {
        const d = `M${view.x(0)} 1V${height - 1}M1 ${view.y(0)}H${width - 1}M1 1H${width - 1}V${height - 1}H1Z`;
        element("path", { d, fill: "none", stroke: "var(--grid)" }, svg);
        for (const series of this.shown(panel)) this.drawSeries(view, series);
        return;
      }
      const centred = (line, middle, end) => clamp(middle, measure(line) / 2 + 1, Math.max(measure(line) / 2 + 1, end - measure(line) / 2 - 1));
      view.names.x.forEach((line, i, all) => {
        const at = { x: centred(line, (left + width - right) / 2, width), y: height - (panel.heat ? 42 : 6) - 14 * (all.length - 1 - i) };
        element("text", { class: "label", ...at, "text-anchor": "middle" }, svg, line);
      });
      view.names.y.forEach((line, i) => {
        const transform = `translate(${13 + 14 * i} ${centred(line, (top + height - bottom) / 2, height)}) rotate(-90)`;
        element("text", { class: "label", x: 0, y: 0, "text-anchor": "middle", transform }, svg, line);
      });
      this.drawTicks(view, "x", tickX, x.isWhole);
      if (!y && !panel.heat) {
        element("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, svg, "nothing to show");
        return;
      }
      this.drawTicks(view, "y", tickY, y && y.isWhole);
      if (panel.heat) this.drawHeat(view);
      element("path", { d: `M${left} ${top}V${height - bottom}H${width - right}`, fill: "none", stroke: "var(--reference)" }, svg);
      view.clip = `frame-${this.number}-${this.views.indexOf(view)}`;
      const clip = element("clipPath", { id: view.clip }, svg);
      element("rect", { x: left, y: top - 1, width: Math.max(0, width - left - right + 1), height: Math.max(0, height - top - bottom + 1) }, clip);
      for (const series of this.shown(panel)) if (series.lower) this.drawBand(view, series);
      const bars = this.shown(panel).filter(s => s.mark === "bars"), places = bars.flatMap(s => s.x), areBeside = places.length > new Set(places).size;
      bars.forEach((series, i) => this.drawBars(view, series, tickX, areBeside ? i : 0, areBeside ? bars.length : 1));
      // The first series lies on top; reference lines lie above lines, which would hide them.
      for (const series of this.shown(panel).reverse()) if (isLine(series)) this.drawSeries(view, series);
      const reference = ends => {
        for (const [stroke, size] of [["var(--paper)", 3], ["var(--reference)", 1.2]])
          element("line", { ...ends, stroke, "stroke-width": size, "stroke-dasharray": "5 4" }, svg);
      };
      for (const h of panel.levels.map(line => view.y(line.at))) if (h !== null) reference({ x1: left, x2: width - right, y1: h, y2: h });
      for (const w of panel.marks.map(line => view.x(line.at))) if (w !== null) reference({ x1: w, x2: w, y1: top, y2: height - bottom });
      for (const series of this.shown(panel).reverse()) if (!isLine(series) && series.mark !== "bars") this.drawSeries(view, series);
    }

    drawTicks({ panel, svg, range, zero, frame, isTurned }, axis, place, isWhole) {
      const { left, right, top, bottom, width, height } = frame, isX = axis === "x", { labels } = panel[axis];
      const [low, high] = range[axis], most = isX ? (width < 420 ? 4 : 7) : 7;
      const ticks = labels ? labels.map((text, i) => ({ at: i, text }))
        : !this.isLog(panel, axis) ? linearTicks(low, high, most, isWhole) : zero[axis] === undefined ? decadeTicks(low, high, most)
          : [{ at: zero[axis], text: "0" }, ...decadeTicks((low + 0.12 * high) / 1.12, high, most)];
      const room = labels ? (isX && !isTurned ? longest(labels) + 6 : 14) : 0, step = labels ? Math.abs(place(1) - place(0)) : 1;
      const every = labels ? Math.max(1, Math.ceil(room / step)) : 1;
      ticks.forEach(({ at, text }, i) => {
        const p = place(at), isShown = text && i % every === 0;
        if (isX) {
          if (text && !panel.heat) element("line", { x1: p, x2: p, y1: top, y2: height - bottom, stroke: "var(--grid)" }, svg);
          if (!text || panel.heat && isShown) element("line", { x1: p, x2: p, y1: height - bottom, y2: height - bottom + 4, stroke: "var(--reference)" }, svg);
          if (isShown && isTurned) element("text", { "text-anchor": "end", transform: `translate(${p + 4} ${height - bottom + 8}) rotate(-90)` }, svg, text);
          else if (isShown) element("text", { x: p, y: height - bottom + 17, "text-anchor": "middle" }, svg, text);
        } else {
          if (text && !panel.heat) element("line", { x1: left, x2: width - right, y1: p, y2: p, stroke: "var(--grid)" }, svg);
          if (!text || panel.heat && isShown) element("line", { x1: left - 4, x2: left, y1: p, y2: p, stroke: "var(--reference)" }, svg);
          if (isShown) element("text", { x: left - 7, y: p + 4, "text-anchor": "end" }, svg, text);
        }
      });
    }

    drawHeat({ panel, svg, frame: { left, right, top, bottom, width, height } }) {
      const { values, known, filled, scale, rows, columns } = panel.heat;
      const scaled = v => scale.log ? Math.log10(v) : v, low = scaled(scale.low), high = scaled(scale.high);
      const across = (width - left - right) / columns.length, down = (height - top - bottom) / rows.length;
      const gap = Math.min(across, down) > 12 ? 1 : 0;
      values.forEach((row, r) => row.forEach((value, c) => {
        if (!known[r][c]) return;
        const part = filled ? filled[r][c] : 1, isKnown = value !== null && (!scale.log || value > 0 || scale.smaller || scale.zero && value === 0);
        const share = !isKnown ? null : scale.log && value <= 0 ? 0 : high > low ? (scaled(value) - low) / (high - low) : 0.5;
        const rest = gap || -0.4, cell = { x: left + c * across + gap, y: top + (rows.length - 1 - r) * down, width: across - rest, height: down - rest };
        if (part < 1) element("rect", { ...cell, fill: "var(--raised)", stroke: "var(--line)", "stroke-width": 0.5 }, svg);
        const fill = isKnown ? heat(share) : "var(--reference)";
        if (part > 0) element("rect", { ...cell, class: "value", y: cell.y + cell.height * (1 - part), height: cell.height * part, fill }, svg);
        const text = number(value, 2);
        if (part === 1 && panel.y.labels && across > wide(text) + 4 && down > 15)
          element("text", {
            class: !isKnown || isLight(fill) ? "on-light" : "on-dark", x: cell.x + cell.width / 2, y: cell.y + cell.height / 2 + 4, "text-anchor": "middle",
          }, svg, text);
        else if (scale.log && scale.zero && value === 0) this.drawRing(svg, cell);
      }));
      // The scale of colours.
      const bar = height - 30, length = Math.min(width - left - right, 220);
      if (scale.low === null) { element("text", { x: left, y: bar + 10 }, svg, "no value yet"); return; }
      const url = this.scaleUrl ??= pixels(64, 1, (r, c) => c / 63);
      element("image", { href: url, x: left, y: bar, width: length, height: 7, preserveAspectRatio: "none" }, svg);
      let end = -Infinity;
      for (const { at, text } of high === low ? [{ at: low, text: number(scale.low) }]
        : scale.log ? decadeTicks(low, high, 4) : linearTicks(low, high, 4)) {
        if (!text) continue;
        const told = (scale.smaller && at <= low ? "≤ " : "") + text, half = wide(told) / 2;
        const x = Math.max(left + half, left + (high > low ? (at - low) / (high - low) : 0.5) * length);
        if (x - half < end) continue;
        element("text", { x, y: bar + 21, "text-anchor": "middle" }, svg, told);
        end = x + half + 4;
      }
      if (!scale.zero) return;
      const cell = { x: left + length + 16, y: bar - 2, width: 10, height: 10 };
      element("rect", { ...cell, fill: heat(0) }, svg);
      this.drawRing(svg, cell);
      element("text", { x: cell.x + 16, y: bar + 8 }, svg, "0");
    }

    // The sign of a zero on a logarithmic scale of colours.
    drawRing(svg, { x, y, width, height }) {
      element("circle", { cx: x + width / 2, cy: y + height / 2, r: 0.22 * Math.min(width, height), fill: "none", stroke: "#fff" }, svg);
    }

    // Where a series of a panel is drawn.
    layer({ panel, svg }, series) { return element("g", { "data-series": panel.series.indexOf(series) }, svg); }

    drawBars(view, series, place, index, count) {
      const { frame, y } = view, svg = this.layer(view, series), width = 0.78 / count;
      series.x.forEach((value, i) => {
        const from = place(value - 0.39 + index * width), to = place(value - 0.39 + (index + 1) * width), top = y(series.y[i]);
        if (top === null || series.y[i] <= 0) return;
        element("rect", { x: from, y: top, width: to - from, height: frame.height - frame.bottom - top, fill: series.colour }, svg);
      });
    }

    drawBand(view, series) {
      let path = "", upper = [], lower = [];
      const close = () => {
        if (upper.length > 1) path += `M${upper.join("L")}L${lower.reverse().join("L")}Z`;
        [upper, lower] = [[], []];
      };
      series.x.forEach((x, i) => {
        const at = view.x(x), high = view.y(series.upper[i]), low = view.y(series.lower[i]) ?? view.y(series.y[i]);
        if (at === null || high === null || low === null) { close(); return; }
        upper.push(`${at.toFixed(1)} ${high.toFixed(1)}`);
        lower.push(`${at.toFixed(1)} ${low.toFixed(1)}`);
        if (!isLine(series)) path += `M${upper.pop()}L${lower.pop()}`;
      });
      close();
      const paint = isLine(series) ? { fill: series.colour } : { stroke: series.colour, "stroke-width": 1.2 };
      element("path", { class: "band", d: path, ...paint }, this.layer(view, series));
    }

    drawSeries(view, series) {
      const isKnown = point => point !== undefined && point[0] !== null && point[1] !== null, layer = this.layer(view, series);
      const known = series.x.map((x, i) => [view.x(x), view.y(series.y[i])]).filter(isKnown);
      if (!isLine(series)) {
        this.drawMarkers(layer, known, series.mark, series.colour, series.size ?? (view.panel.equal ? 4 : 5.5));
        return;
      }
      // Lines go on to values outside of the axes, and are cut by the frame.
      const points = series.x.map((x, i) => [view.x(x, true), view.y(series.y[i], true)]);
      let path = "", pen = false;
      for (const [x, y] of points) {
        if (x === null || y === null) { pen = false; continue; }
        path += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = true;
      }
      const alone = points.filter((point, i) => isKnown(point) && !isKnown(points[i - 1]) && !isKnown(points[i + 1]));
      const isDashed = series.mark === "dashed", dashes = isDashed ? { "stroke-dasharray": "5 4" } : {};
      const line = { fill: "none", stroke: series.colour, "stroke-width": series.size ?? (isDashed ? 1.3 : 1.9), "stroke-linejoin": "round", ...dashes };
      element("path", { d: path, ...line, ...(view.clip ? { "clip-path": `url(#${view.clip})` } : {}) }, layer);
      const dots = series.mark === "dottedLine" ? known : alone;
      if (dots.length) this.drawMarkers(layer, dots, "dots", series.colour, 5.5);
    }

    drawMarkers(svg, points, mark, colour, size) {
      const outline = outlines[mark](size / 2);
      const d = points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}${outline}`).join("");
      element("path", { d, ...(isOpen(mark) ? { fill: "none", stroke: colour, "stroke-width": 1.3 } : { fill: colour }) }, svg);
    }

    marks() {
      for (const view of this.views || []) {
        if (!view.cursor) continue;
        view.cursor.replaceChildren();
        if (!this.active || this.cursor === null) continue;
        const { panel, frame } = view;
        if (panel.heat) { if (view === this.active) this.markEntry(view); continue; }
        if (panel.equal) {
          if (view !== this.active) continue;
          const point = this.places(panel).points[this.cursor];
          element("circle", { cx: view.x(point.x), cy: view.y(point.y), r: 5, fill: "none", stroke: "var(--ink)", "stroke-width": 1.5 }, view.cursor);
          continue;
        }
        if (this.active.panel.heat || this.active.panel.equal || !this.sharing(this.active.panel, "x").includes(panel) || !view.x) continue;
        const at = view.x(this.x);
        if (at === null) continue;
        element("line", { x1: at, x2: at, y1: frame.top, y2: frame.height - frame.bottom, stroke: "var(--reference)" }, view.cursor);
        for (const series of this.shown(panel)) {
          if (!series.x.length || !isLine(series)) continue;
          const i = nearest(series.x, this.x), y = view.y(series.y[i]), x = view.x(series.x[i]);
          if (y === null || x === null || Math.abs(x - at) > 6) continue;
          element("circle", { cx: x, cy: y, r: 3.5, fill: series.colour, stroke: "var(--paper)" }, view.cursor);
        }
      }
    }

    markEntry(view) {
      const { columns, count } = this.places(view.panel), rows = count / columns;
      const { left, right, top, bottom, width, height } = view.frame;
      const row = Math.floor(this.cursor / columns), column = this.cursor % columns;
      const w = (width - left - right) / columns, h = (height - top - bottom) / rows, y = isPicture(view.panel) ? row : rows - 1 - row;
      const cell = { x: left + column * w - 1, y: top + y * h - 1, width: w + 2, height: h + 2, fill: "none" };
      for (const [stroke, width] of [["#ffffff", 3], ["#000000", 1.2]]) element("rect", { ...cell, stroke, "stroke-width": width }, view.cursor);
    }
  };
})();
