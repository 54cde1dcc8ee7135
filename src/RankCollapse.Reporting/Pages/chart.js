"use strict";
// Interactive charts: lines with bands, dots, heat maps and pictures in panels that share a legend, scales and a cursor.
const Chart = (() => {
  const svgNamespace = "http://www.w3.org/2000/svg";
  const raised = text => String(text).replace(/[-0-9]/g, c => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[+c]);
  const minus = text => text.replace("-", "−");
  const cividis = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

  function number(value, digits = 3) {
    if (value === null || value === undefined) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e-3 && size < 1e6) return minus(Number(value.toPrecision(size >= 100 ? 6 : digits)).toLocaleString("en", { maximumFractionDigits: 6 }));
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    if (Number(mantissa) === 1 && Math.abs(value - Number(`1e${exponent}`)) < 1e-9 * size) return `10${raised(Number(exponent))}`;
    return `${minus(mantissa)}·10${raised(Number(exponent))}`;
  }

  // Text in pieces: what follows _ after a single letter is lowered, what follows ^ is raised.
  function pieces(text) {
    const found = [];
    let end = 0;
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
    node.replaceChildren(...pieces(text).map(piece => piece.place ? html(piece.place, "", null, piece.text) : piece.text));
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

  function linearTicks(low, high, most) {
    const range = high - low;
    const power = 10 ** Math.floor(Math.log10(range / most));
    const step = [1, 2, 5, 10].map(f => f * power).find(s => range / s <= most);
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
      const value = k === 0 ? 0 : k * step;
      ticks.push({ at: value, text: Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7 || value === 0 ? minus(Number(value.toPrecision(12)).toLocaleString("en")) : number(value) });
    }
    return ticks;
  }

  function decadeTicks(low, high, most) {
    const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9);
    let every = Math.max(1, Math.ceil((last - first + 1) / most));
    if (every > 3) every = every <= 5 ? 5 : 10 * Math.ceil(every / 10);
    const ticks = [];
    for (let e = first; e <= last; e++) if (e % every === 0) ticks.push({ at: e, text: `10${raised(e)}` });
    return ticks;
  }

  // Between decades, where there are few of them.
  function minorTicks(low, high) {
    const ticks = [];
    if (high - low > 4.5) return ticks;
    for (let e = Math.floor(low); e <= high; e++) for (let m = 2; m <= 9; m++) {
      const at = e + Math.log10(m);
      if (at >= low && at <= high) ticks.push(at);
    }
    return ticks;
  }

  const paint = colour => colour.startsWith("--") ? `var(${colour})` : colour;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  function heat(share) {
    const scaled = clamp(share, 0, 1) * (cividis.length - 1);
    const left = Math.min(Math.floor(scaled), cividis.length - 2);
    const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
    return [0, 1, 2].map(i => Math.round(part(cividis[left], i) + (scaled - left) * (part(cividis[left + 1], i) - part(cividis[left], i))));
  }

  // A matrix as a picture of one pixel an entry; share(row, column) is null where there is no value.
  function pixels(columns, rows, share) {
    const canvas = document.createElement("canvas");
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const value = share(r, c);
      if (value !== null) image.data.set([...heat(value), 255], 4 * (r * columns + c));
    }
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  }

  function nearest(values, wanted) {
    let best = 0;
    values.forEach((v, i) => { if (Math.abs(v - wanted) < Math.abs(values[best] - wanted)) best = i; });
    return best;
  }

  const isLineLike = series => series.mark === "line" || series.mark === "dashed";
  const isGrid = panel => panel.heat || panel.picture;

  return class Chart {
    static number = number;
    static element = element;

    constructor(host, data) {
      this.host = host;
      this.data = data;
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
      const shape = d => JSON.stringify(d.panels.map(p => [p.title, ...p.series.map(s => s.key)]));
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
      this.lead(isSame ? this.active : null, isSame ? this.cursor : null);
    }

    get visible() { return this.views.filter(v => v.panel.moment === undefined || v.panel.moment === this.moment); }

    build() {
      const { panels, moments } = this.data;
      if (moments) this.buildMoments(moments);
      this.tools = html("div", "tools", this.host);
      this.keys = new Map();
      for (const series of panels.flatMap(p => p.series)) {
        if (this.keys.has(series.key)) continue;
        const key = button(`key ${series.mark}`, this.tools, undefined, () => this.toggle(series.key, key));
        key.style.setProperty("--colour", series.neutral ? "var(--muted)" : paint(series.colour));
        key.setAttribute("aria-pressed", String(!this.hidden.has(series.key)));
        key.append(html("i"), ...say(html("span"), series.name).childNodes);
        this.keys.set(series.key, html("output", "", key));
      }
      this.buildKinds(panels.flatMap(p => p.series));
      this.reading = html("span", "reading", this.tools);
      this.scales = {};
      for (const axis of ["x", "y"]) {
        if (!panels.some(p => p[`${axis}Log`] && !isGrid(p))) continue;
        this.scales[axis] = button("scale", this.tools, "", () => { this.usesLinear[axis] = !this.usesLinear[axis]; this.draw(); });
      }
      this.panels = html("div", panels.some(p => p.equal || p.picture) ? "panels small" : panels.filter(p => !p.moment).length > 3 ? "panels many" : "panels", this.host);
      this.views = panels.map(panel => this.buildPanel(panel));
      this.observer.observe(this.panels);
      this.lead(null, null);
    }

    // Where one key stands for several kinds of marks, such as lines and dots, these can be switched too.
    buildKinds(series) {
      const kinds = new Map(series.filter(s => s.kind).map(s => [s.kind, s.mark]));
      if (kinds.size < 2) return;
      for (const [kind, mark] of kinds) {
        const name = `kind:${kind}`;
        const key = button(`key ${mark}`, this.tools, undefined, () => this.toggle(name, key));
        key.style.setProperty("--colour", "var(--muted)");
        key.setAttribute("aria-pressed", String(!this.hidden.has(name)));
        key.append(html("i"), kind);
      }
    }

    buildMoments(moments) {
      const row = html("div", "moments", this.host);
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", "Moment of the training");
      const buttons = moments.map((name, i) => button("moment", row, name.split(":")[0], () => this.choose(i)));
      buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(i === 0)));
      this.momentText = html("p", "note momentum", this.host, moments[0]);
      this.choose = i => {
        this.moment = i;
        this.momentText.textContent = moments[i];
        buttons.forEach((b, k) => b.setAttribute("aria-pressed", String(k === i)));
        this.lead(null, null);
        this.draw();
      };
    }

    buildPanel(panel) {
      const box = html("div", "panel", this.panels);
      if (panel.title) say(html("h4", "", box), panel.title);
      const how = isGrid(panel) || panel.equal ? "the arrow keys move from value to value" : "the arrow keys move the cursor";
      const svg = element("svg", { tabindex: 0, role: "img", "aria-label": `${panel.title || panel.y} over ${panel.x}; ${how}` }, box);
      const view = { panel, svg, box };
      svg.addEventListener("pointermove", event => this.point(event, view));
      svg.addEventListener("pointerdown", event => this.point(event, view));
      svg.addEventListener("pointerleave", () => this.lead(null, null));
      svg.addEventListener("blur", () => this.lead(null, null));
      svg.addEventListener("keydown", event => this.key(event, view));
      if (panel.picture) view.steps = Uint8Array.from(atob(panel.picture.values), c => c.charCodeAt(0));
      return view;
    }

    toggle(key, node) {
      if (this.hidden.has(key)) this.hidden.delete(key); else this.hidden.add(key);
      node.setAttribute("aria-pressed", String(!this.hidden.has(key)));
      this.draw();
    }

    isLog(panel, axis) { return panel[`${axis}Log`] && !this.usesLinear[axis]; }

    // The panels that share an axis with one: those with the same label.
    sharing(panel, axis) { return this.data.panels.filter(p => p === panel || (!isGrid(p) && !p.equal && !panel.equal && p[axis] === panel[axis] && p[`${axis}Log`] === panel[`${axis}Log`])); }

    shown(panel) { return panel.series.filter(s => !this.hidden.has(s.key) && !this.hidden.has(`kind:${s.kind}`)); }

    // Where a cursor can be: x of lines, points, or entries of a grid.
    places(panel) {
      if (panel.heat) return { columns: panel.heat.x.length, count: panel.heat.x.length * panel.heat.y.length };
      if (panel.picture) return { columns: panel.picture.columns, count: panel.picture.columns * panel.picture.rows };
      if (panel.equal) return { points: this.shown(panel).flatMap(s => s.x.map((x, i) => ({ series: s, x, y: s.y[i] }))) };
      return { xs: [...new Set(this.sharing(panel, "x").flatMap(p => p.series.flatMap(s => s.x)))].sort((a, b) => a - b) };
    }

    key(event, view) {
      const places = this.places(view.panel);
      const count = places.count ?? (places.points ?? places.xs).length;
      if (count === 0) return;
      const down = places.columns ?? 0;
      const at = this.active === view && this.cursor !== null ? this.cursor : down ? -1 : count - 1;
      const jump = Math.max(1, Math.round((places.columns ?? count) / 10));
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -jump, PageUp: jump, Home: -count, End: count };
      if (down) Object.assign(steps, { ArrowUp: view.panel.heat ? down : -down, ArrowDown: view.panel.heat ? -down : down });
      if (event.key === "Escape") { event.preventDefault(); this.lead(null, null); return; }
      if (steps[event.key] === undefined) return;
      event.preventDefault();
      this.lead(view, clamp(at + steps[event.key], 0, count - 1));
    }

    point(event, view) {
      if (!view.frame) return;
      const box = view.svg.getBoundingClientRect();
      const { left, right, top, bottom, width, height } = view.frame;
      const across = (event.clientX - box.left - left) / Math.max(1, width - left - right), down = (event.clientY - box.top - top) / Math.max(1, height - top - bottom);
      const { panel } = view, places = this.places(panel);
      if (isGrid(panel)) {
        const rows = places.count / places.columns;
        const row = clamp(Math.floor(down * rows), 0, rows - 1), column = clamp(Math.floor(across * places.columns), 0, places.columns - 1);
        this.lead(view, (panel.heat ? rows - 1 - row : row) * places.columns + column);
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
      if (view && isGrid(panel)) text = this.entry(view, index);
      else if (view && panel.equal) {
        const point = this.places(panel).points[index];
        text = `${panel.title}, ${point.series.name}: (${number(point.x)}, ${number(point.y)})`;
      } else if (isGrid(panel)) text = `colour: ${(panel.heat ?? panel.picture).label}`;
      else if (!panel.equal) {
        const group = this.sharing(panel, "x"), xs = this.places(panel).xs;
        const isAlone = group.length === this.data.panels.length;
        if (xs.length && (view || isAlone)) {
          this.x = index === null ? xs[xs.length - 1] : xs[index];
          const shownAs = this.x.toLocaleString("en", { maximumSignificantDigits: 6 });
          text = `${index === null ? "at the end, " : ""}${panel.x}${/^[a-z]+$/.test(panel.x) ? "" : ":"} ${shownAs}`;
          const asked = group.length <= 2 ? group : [panel];
          values = key => asked.map(p => p.series.find(s => s.key === key && s.mark !== "dashed")).filter(Boolean).map(s => {
            const i = nearest(s.x, this.x);
            const isNear = Math.abs(s.x[i] - this.x) <= 0.02 * (xs[xs.length - 1] - xs[0]);
            return isNear ? number(s.y[i]) + (s.lower ? ` (${number(s.lower[i])} to ${number(s.upper[i])})` : "") : "–";
          }).join(" | ");
        }
      }
      for (const [key, output] of this.keys) output.textContent = values(key) ?? "";
      say(this.reading, text);
      this.marks();
    }

    entry(view, index) {
      const { panel } = view, { columns } = this.places(panel);
      const row = Math.floor(index / columns), column = index % columns;
      if (panel.heat) {
        const { x, y, values, label } = panel.heat;
        return `${panel.title ? `${panel.title}, ` : ""}${panel.x} ${number(x[column])}, ${panel.y} ${number(y[row])}: ${label} ${number(values[row][column])}`;
      }
      const { names, minimum, maximum } = panel.picture;
      return `${panel.title}, ${names[row]} with ${names[column]}: ${number(minimum + view.steps[index] / 255 * (maximum - minimum), 2)}`;
    }

    extent(panel, axis) {
      let low = Infinity, high = -Infinity;
      const log = this.isLog(panel, axis);
      const hold = value => {
        if (value === null || (log && value <= 0)) return;
        low = Math.min(low, value);
        high = Math.max(high, value);
      };
      const sharing = this.sharing(panel, axis);
      for (const p of sharing) for (const s of axis === "x" ? p.series : this.shown(p)) {
        s[axis].forEach(hold);
        if (axis === "y" && s.lower) { s.lower.forEach(hold); s.upper.forEach(hold); }
      }
      if (axis === "y") for (const p of sharing) if (p.level !== undefined) hold(p.level);
      if (low > high) return null;
      if (panel.equal) {
        const half = 1.08 * Math.max(...panel.series.flatMap(s => [...s.x, ...s.y]).map(Math.abs), 1e-300);
        return [-half, half];
      }
      if (log) {
        [low, high] = [Math.log10(low), Math.log10(high)];
        if (high - low < 1.5 && axis === "y") { low = Math.floor(low + 0.02); high = Math.max(low + 1, Math.ceil(high - 0.02)); }
        const room = 0.04 * Math.max(high - low, 1e-3);
        return [low - room, high + room];
      }
      low = Math.min(0, low);
      if (high === low) high = low + 1;
      return axis === "x" ? [low, high] : [low, high + 0.05 * (high - low)];
    }

    draw() {
      for (const axis in this.scales) this.scales[axis].textContent = `${this.usesLinear[axis] ? "Logarithmic" : "Linear"} ${this.scales.x ? `${axis} ` : ""}scale`;
      for (const view of this.views) view.box.hidden = !this.visible.includes(view);
      for (const view of this.visible) this.drawPanel(view);
      this.marks();
    }

    drawPanel(view) {
      const { panel, svg } = view;
      const width = svg.clientWidth, height = svg.clientHeight;
      if (!width || !height) return;
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.replaceChildren();
      const isPlain = panel.picture || panel.equal;
      const frame = isPlain ? { left: 1, right: 1, top: 1, bottom: 1 } : { left: 58, right: panel.heat ? 14 : 22, top: 12, bottom: panel.heat ? 76 : 42 };
      view.frame = { ...frame, width, height };
      if (panel.picture) this.drawPicture(view);
      else if (panel.heat) this.drawHeat(view);
      else this.drawSeries(view);
      view.cursor = element("g", { "pointer-events": "none" }, svg);
    }

    drawPicture(view) {
      const { panel: { picture }, svg, frame: { width, height } } = view;
      const url = view.url ??= pixels(picture.columns, picture.rows, (r, c) => view.steps[r * picture.columns + c] / 255);
      element("image", { href: url, x: 1, y: 1, width: width - 2, height: height - 2, preserveAspectRatio: "none" }, svg);
    }

    drawHeat(view) {
      const { panel, svg, frame: { left, right, top, bottom, width, height } } = view, { heat: map } = panel;
      const scale = v => map.log ? Math.log10(v) : v;
      const low = scale(map.minimum), high = scale(map.maximum);
      const rows = map.y.length, columns = map.x.length;
      const url = view.url ??= pixels(columns, rows, (r, c) => {
        const value = map.values[rows - 1 - r][c];
        return value === null ? null : map.log && value <= 0 ? 0 : (scale(value) - low) / (high - low);
      });
      const across = width - left - right, tall = height - top - bottom;
      element("image", { href: url, x: left, y: top, width: across, height: tall, preserveAspectRatio: "none" }, svg);
      element("rect", { x: left, y: top, width: across, height: tall, fill: "none", stroke: "var(--reference)" }, svg);
      const stepX = Math.ceil(columns / Math.max(1, Math.floor(across / 46))), stepY = Math.ceil(rows / Math.max(1, Math.floor(tall / 17)));
      map.x.forEach((v, i) => { if (i % stepX === 0) element("text", { x: left + (i + 0.5) * across / columns, y: top + tall + 16, "text-anchor": "middle" }, svg, number(v, 2)); });
      map.y.forEach((v, i) => { if (i % stepY === 0) element("text", { x: left - 6, y: top + tall - (i + 0.5) * tall / rows + 4, "text-anchor": "end" }, svg, number(v, 2)); });
      this.labels(view, top + tall + 33);
      // The scale of colours.
      const bar = height - 24, length = Math.min(across, 220);
      element("image", { href: pixels(64, 1, (r, c) => c / 63), x: left, y: bar, width: length, height: 7, preserveAspectRatio: "none" }, svg);
      element("text", { x: left, y: bar + 20 }, svg, number(map.minimum, 2));
      element("text", { x: left + length, y: bar + 20, "text-anchor": "end" }, svg, number(map.maximum, 2));
    }

    labels(view, y) {
      const { panel, svg, frame: { left, right, top, bottom, width, height } } = view;
      element("text", { class: "label", x: (left + width - right) / 2, y, "text-anchor": "middle" }, svg, panel.x);
      element("text", { class: "label", x: 0, y: 0, "text-anchor": "middle", transform: `translate(13 ${(top + height - bottom) / 2}) rotate(-90)` }, svg, panel.y);
    }

    drawSeries(view) {
      const { panel, svg, frame: { left, right, top, bottom, width, height } } = view;
      const xRange = this.extent(panel, "x"), yRange = this.extent(panel, "y");
      view.range = { x: xRange ?? [0, 1], y: yRange };
      const place = (axis, from, to) => {
        const range = view.range[axis], log = this.isLog(panel, axis);
        return value => value === null || (log && value <= 0) ? null : from + ((log ? Math.log10(value) : value) - range[0]) / (range[1] - range[0]) * (to - from);
      };
      view.x = place("x", left, width - right);
      if (panel.equal) {
        view.y = place("y", height - bottom, top);
        element("path", { d: `M${view.x(0)} 1V${height - 1}M1 ${view.y(0)}H${width - 1}M1 1H${width - 1}V${height - 1}H1Z`, fill: "none", stroke: "var(--grid)" }, svg);
        for (const series of this.shown(panel)) this.drawOne(view, series);
        return;
      }
      this.labels(view, height - 6);
      const xLog = this.isLog(panel, "x"), yLog = this.isLog(panel, "y");
      const at = (axis, from, to) => value => from + (value - view.range[axis][0]) / (view.range[axis][1] - view.range[axis][0]) * (to - from);
      const tickX = at("x", left, width - right);
      for (const tick of xLog ? decadeTicks(...view.range.x, width < 420 ? 4 : 7) : linearTicks(...view.range.x, width < 300 ? 3 : width < 420 ? 4 : 7)) {
        element("line", { x1: tickX(tick.at), x2: tickX(tick.at), y1: top, y2: height - bottom, stroke: "var(--grid)" }, svg);
        element("text", { x: tickX(tick.at), y: height - bottom + 17, "text-anchor": "middle" }, svg, tick.text);
      }
      if (!yRange) {
        element("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, svg, "nothing to show");
        view.y = () => null;
        return;
      }
      view.y = place("y", height - bottom, top);
      const tickY = at("y", height - bottom, top);
      for (const tick of yLog ? decadeTicks(...yRange, 8) : linearTicks(...yRange, 6)) {
        element("line", { x1: left, x2: width - right, y1: tickY(tick.at), y2: tickY(tick.at), stroke: "var(--grid)" }, svg);
        element("text", { x: left - 7, y: tickY(tick.at) + 4, "text-anchor": "end" }, svg, tick.text);
      }
      for (const tick of yLog ? minorTicks(...yRange) : [])
        element("line", { x1: left - 4, x2: left, y1: tickY(tick), y2: tickY(tick), stroke: "var(--reference)" }, svg);
      for (const tick of xLog ? minorTicks(...view.range.x) : [])
        element("line", { x1: tickX(tick), x2: tickX(tick), y1: height - bottom, y2: height - bottom + 4, stroke: "var(--reference)" }, svg);
      element("path", { d: `M${left} ${top}V${height - bottom}H${width - right}`, fill: "none", stroke: "var(--reference)" }, svg);
      if (panel.level !== undefined) {
        const y = view.y(panel.level);
        element("line", { x1: left, x2: width - right, y1: y, y2: y, stroke: "var(--reference)", "stroke-dasharray": "5 4" }, svg);
        element("text", { x: width - right - 3, y: y - 5, "text-anchor": "end" }, svg, panel.levelName ?? number(panel.level));
      }
      for (const series of this.shown(panel)) if (series.lower) this.drawBand(view, series);
      for (const series of this.shown(panel)) this.drawOne(view, series);
    }

    drawBand(view, series) {
      let path = "", upper = [], lower = [];
      const close = () => {
        if (upper.length > 1) path += `M${upper.join("L")}L${lower.reverse().join("L")}Z`;
        [upper, lower] = [[], []];
      };
      series.x.forEach((x, i) => {
        const at = view.x(x), high = view.y(series.upper[i]), low = view.y(series.lower[i]);
        if (at === null || high === null || low === null) { close(); return; }
        upper.push(`${at.toFixed(1)} ${high.toFixed(1)}`);
        lower.push(`${at.toFixed(1)} ${low.toFixed(1)}`);
      });
      close();
      element("path", { class: "band", d: path, fill: paint(series.colour) }, view.svg);
    }

    drawOne(view, series) {
      const colour = paint(series.colour);
      const points = series.x.map((x, i) => [view.x(x), view.y(series.y[i])]);
      const known = points.filter(([x, y]) => x !== null && y !== null);
      if (series.mark === "dots") {
        element("path", { d: known.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""), stroke: colour, "stroke-width": view.panel.equal ? 4 : 5.5, "stroke-linecap": "round", fill: "none" }, view.svg);
        return;
      }
      if (series.mark === "triangles") {
        element("path", { d: known.map(([x, y]) => `M${x.toFixed(1)} ${(y - 2.4).toFixed(1)}l2.6 4.6h-5.2Z`).join(""), fill: colour }, view.svg);
        return;
      }
      if (known.length === 1) {
        element("circle", { cx: known[0][0], cy: known[0][1], r: 3, fill: colour }, view.svg);
        return;
      }
      let path = "", pen = false;
      for (const [x, y] of points) {
        if (x === null || y === null) { pen = false; continue; }
        path += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = true;
      }
      const dashed = series.mark === "dashed";
      element("path", { d: path, fill: "none", stroke: colour, "stroke-width": dashed ? 1.3 : 1.9, "stroke-linejoin": "round", ...(dashed ? { "stroke-dasharray": "5 4" } : {}) }, view.svg);
    }

    marks() {
      for (const view of this.views || []) {
        if (!view.cursor) continue;
        view.cursor.replaceChildren();
        if (!this.active || this.cursor === null) continue;
        const { panel, frame } = view;
        if (isGrid(panel)) { if (view === this.active) this.markEntry(view); continue; }
        if (panel.equal) {
          if (view !== this.active) continue;
          const point = this.places(panel).points[this.cursor];
          element("circle", { cx: view.x(point.x), cy: view.y(point.y), r: 5, fill: "none", stroke: "var(--ink)", "stroke-width": 1.5 }, view.cursor);
          continue;
        }
        if (isGrid(this.active.panel) || this.active.panel.equal || !this.sharing(this.active.panel, "x").includes(panel) || !view.x) continue;
        const at = view.x(this.x);
        if (at === null) continue;
        element("line", { x1: at, x2: at, y1: frame.top, y2: frame.height - frame.bottom, stroke: "var(--reference)" }, view.cursor);
        for (const series of this.shown(panel)) {
          const i = nearest(series.x, this.x);
          const y = view.y(series.y[i]), x = view.x(series.x[i]);
          if (i < 0 || y === null || x === null || Math.abs(x - at) > 6 || !isLineLike(series)) continue;
          element("circle", { cx: x, cy: y, r: 3.5, fill: paint(series.colour), stroke: "var(--paper)" }, view.cursor);
        }
      }
    }

    markEntry(view) {
      const { columns, count } = this.places(view.panel), rows = count / columns;
      const { left, right, top, bottom, width, height } = view.frame;
      const row = Math.floor(this.cursor / columns), column = this.cursor % columns;
      const w = (width - left - right) / columns, h = (height - top - bottom) / rows;
      const y = view.panel.heat ? rows - 1 - row : row;
      element("rect", { x: left + column * w - 1, y: top + y * h - 1, width: w + 2, height: h + 2, fill: "none", stroke: "#ffffff", "stroke-width": 3 }, view.cursor);
      element("rect", { x: left + column * w - 1, y: top + y * h - 1, width: w + 2, height: h + 2, fill: "none", stroke: "#000000", "stroke-width": 1.2 }, view.cursor);
    }
  };
})();
