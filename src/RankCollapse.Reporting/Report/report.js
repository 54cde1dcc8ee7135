"use strict";
(() => {
  const root = document.documentElement;
  const svgNamespace = "http://www.w3.org/2000/svg";

  function themes() {
    const button = document.getElementById("theme");
    const prefersDark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      label();
    });
    prefersDark.addEventListener("change", label);
    label();
  }

  function copying() {
    const button = document.getElementById("copy");
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById("command").textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select it by hand";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  const raised = text => String(text).replace(/[-0-9]/g, c => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[+c]);
  const minus = text => text.replace("-", "−");

  function number(value) {
    if (value === null || value === undefined) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e-3 && size < 1e6) return minus(Number(value.toPrecision(size >= 100 ? 6 : 3)).toLocaleString("en", { maximumFractionDigits: 6 }));
    const [mantissa, exponent] = value.toExponential(2).split("e");
    return `${minus(mantissa)}·10${raised(Number(exponent))}`;
  }

  function element(name, attributes, parent, text) {
    const node = document.createElementNS(svgNamespace, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    if (parent) parent.append(node);
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

  const epochsOf = data => [...new Set(data.panels.flatMap(p => p.lines.flatMap(l => l.x)))].sort((a, b) => a - b);

  class Chart {
    constructor(host, data) {
      this.host = host;
      this.data = data;
      this.log = data.log;
      this.hidden = new Set();
      this.cursor = null;
      this.epochs = epochsOf(data);
      this.build();
      this.observer = new ResizeObserver(() => this.draw());
      this.observer.observe(this.panels);
    }

    build() {
      this.tools = document.createElement("div");
      this.tools.className = "tools";
      this.keys = new Map();
      for (const line of this.data.panels.flatMap(p => p.lines)) {
        if (this.keys.has(line.key)) continue;
        const button = document.createElement("button");
        button.type = "button";
        button.className = line.dashed ? "key dashed" : "key";
        button.style.setProperty("--colour", line.dashed ? "var(--muted)" : `var(${line.colour})`);
        button.setAttribute("aria-pressed", String(!this.hidden.has(line.key)));
        button.append(document.createElement("i"), line.name);
        const value = document.createElement("output");
        button.append(value);
        button.addEventListener("click", () => this.toggle(line.key, button));
        this.keys.set(line.key, value);
        this.tools.append(button);
      }
      this.reading = document.createElement("span");
      this.reading.className = "reading";
      this.scale = document.createElement("button");
      this.scale.type = "button";
      this.scale.className = "scale";
      this.scale.addEventListener("click", () => { this.log = !this.log; this.draw(); });
      this.tools.append(this.reading, this.scale);
      this.panels = document.createElement("div");
      this.panels.className = "panels";
      this.views = this.data.panels.map(panel => {
        const box = document.createElement("div");
        box.className = "panel";
        if (panel.title) {
          const title = document.createElement("h4");
          title.textContent = panel.title;
          box.append(title);
        }
        const svg = element("svg", { tabindex: 0, role: "img", "aria-label": `${panel.title || panel.label} over epochs; the arrow keys move the cursor` }, box);
        svg.addEventListener("pointermove", event => this.point(event, svg));
        svg.addEventListener("pointerdown", event => this.point(event, svg));
        svg.addEventListener("pointerleave", () => this.moveTo(null));
        svg.addEventListener("blur", () => this.moveTo(null));
        svg.addEventListener("keydown", event => this.key(event));
        this.panels.append(box);
        return { panel, svg };
      });
      this.host.append(this.tools, this.panels);
      this.moveTo(null);
    }

    // Takes new data of the same panels; lines that were hidden stay hidden.
    update(data) {
      const keys = d => d.panels.flatMap(p => p.lines.map(l => l.key)).join();
      const isSame = keys(data) === keys(this.data);
      this.data = data;
      this.epochs = epochsOf(data);
      this.cursor = null;
      if (isSame) {
        this.views.forEach((view, i) => { view.panel = data.panels[i]; });
      } else {
        this.observer.disconnect();
        this.host.replaceChildren();
        this.build();
        this.observer.observe(this.panels);
      }
      this.draw();
      this.moveTo(null);
    }

    toggle(key, button) {
      if (this.hidden.has(key)) this.hidden.delete(key); else this.hidden.add(key);
      button.setAttribute("aria-pressed", String(!this.hidden.has(key)));
      this.draw();
    }

    key(event) {
      const at = this.cursor === null ? this.epochs.length - 1 : this.cursor;
      const jump = Math.max(1, Math.round(this.epochs.length / 10));
      const target = { ArrowLeft: at - 1, ArrowRight: at + 1, PageDown: at - jump, PageUp: at + jump, Home: 0, End: this.epochs.length - 1, Escape: null }[event.key];
      if (target === undefined) return;
      event.preventDefault();
      this.moveTo(target === null ? null : Math.min(Math.max(target, 0), this.epochs.length - 1));
    }

    point(event, svg) {
      const { left, right, width } = this.frame;
      const x = event.clientX - svg.getBoundingClientRect().left;
      const epoch = (x - left) / Math.max(1, width - left - right) * this.lastEpoch;
      let best = 0;
      this.epochs.forEach((e, i) => { if (Math.abs(e - epoch) < Math.abs(this.epochs[best] - epoch)) best = i; });
      this.moveTo(best);
    }

    moveTo(index) {
      this.cursor = index;
      const epoch = index === null ? this.epochs[this.epochs.length - 1] : this.epochs[index];
      for (const [key, output] of this.keys) {
        const values = this.data.panels.map(p => p.lines.find(l => l.key === key && !l.dashed)).filter(Boolean)
          .map(line => { const i = line.x.indexOf(epoch); return i < 0 ? "–" : number(line.y[i]); });
        output.textContent = values.join(" | ");
      }
      this.reading.textContent = `${index === null ? "at the end, epoch" : "epoch"} ${epoch.toLocaleString("en")}`;
      this.marks();
    }

    extent() {
      let low = Infinity, high = -Infinity;
      for (const { panel } of this.views) for (const line of panel.lines) {
        if (this.hidden.has(line.key)) continue;
        for (const value of line.y) {
          if (value === null || (this.log && value <= 0)) continue;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      if (this.data.level !== undefined) { low = Math.min(low, this.data.level); high = Math.max(high, this.data.level); }
      if (low > high) return null;
      if (this.log) {
        [low, high] = [Math.log10(low), Math.log10(high)];
        if (high - low < 1.5) { low = Math.floor(low + 0.02); high = Math.max(low + 1, Math.ceil(high - 0.02)); }
        const room = 0.04 * (high - low);
        return [low - room, high + room];
      }
      low = Math.min(0, low);
      if (high === low) high = low + 1;
      return [low, high + 0.05 * (high - low)];
    }

    draw() {
      this.scale.textContent = this.log ? "Linear scale" : "Logarithmic scale";
      const range = this.extent();
      this.lastEpoch = Math.max(1, this.epochs[this.epochs.length - 1]);
      for (const view of this.views) this.drawPanel(view, range);
      this.marks();
    }

    drawPanel(view, range) {
      const { panel, svg } = view;
      const width = svg.clientWidth, height = svg.clientHeight;
      if (!width || !height) return;
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.replaceChildren();
      const left = 58, right = 22, top = 12, bottom = 42;
      this.frame = { left, right, top, bottom, width, height };
      const x = epoch => left + epoch / this.lastEpoch * (width - left - right);
      element("text", { class: "label", x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, svg, "epoch");
      element("text", { class: "label", x: 0, y: 0, "text-anchor": "middle", transform: `translate(13 ${(top + height - bottom) / 2}) rotate(-90)` }, svg, panel.label);
      for (const tick of linearTicks(0, this.lastEpoch, width < 420 ? 4 : 7)) {
        element("line", { x1: x(tick.at), x2: x(tick.at), y1: top, y2: height - bottom, stroke: "var(--grid)" }, svg);
        element("text", { x: x(tick.at), y: height - bottom + 17, "text-anchor": "middle" }, svg, tick.text);
      }
      if (!range) {
        element("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, svg, "nothing to show");
        return;
      }
      const y = value => top + (range[1] - value) / (range[1] - range[0]) * (height - top - bottom);
      view.x = x;
      view.y = value => value === null || (this.log && value <= 0) ? null : y(this.log ? Math.log10(value) : value);
      for (const tick of this.log ? decadeTicks(range[0], range[1], 8) : linearTicks(range[0], range[1], 6)) {
        element("line", { x1: left, x2: width - right, y1: y(tick.at), y2: y(tick.at), stroke: "var(--grid)" }, svg);
        element("text", { x: left - 7, y: y(tick.at) + 4, "text-anchor": "end" }, svg, tick.text);
      }
      for (const tick of this.log ? minorTicks(range[0], range[1]) : [])
        element("line", { x1: left - 4, x2: left, y1: y(tick), y2: y(tick), stroke: "var(--reference)" }, svg);
      element("path", { d: `M${left} ${top}V${height - bottom}H${width - right}`, fill: "none", stroke: "var(--reference)" }, svg);
      if (this.data.level !== undefined) {
        const at = view.y(this.data.level);
        element("line", { x1: left, x2: width - right, y1: at, y2: at, stroke: "var(--reference)", "stroke-dasharray": "5 4" }, svg);
        element("text", { x: width - right - 3, y: at - 5, "text-anchor": "end" }, svg, `K = ${this.data.level}`);
      }
      for (const line of panel.lines) if (!this.hidden.has(line.key)) this.drawLine(view, line);
      view.cursor = element("g", { "pointer-events": "none" }, svg);
    }

    drawLine(view, line) {
      let path = "", pen = false, count = 0, only = null;
      line.x.forEach((epoch, i) => {
        const at = view.y(line.y[i]);
        if (at === null) { pen = false; return; }
        path += `${pen ? "L" : "M"}${view.x(epoch).toFixed(1)} ${at.toFixed(1)}`;
        pen = true;
        count++;
        only = [view.x(epoch), at];
      });
      if (count === 1) element("circle", { cx: only[0], cy: only[1], r: 3, fill: `var(${line.colour})` }, view.svg);
      else element("path", { d: path, fill: "none", stroke: `var(${line.colour})`, "stroke-width": line.dashed ? 1.3 : 1.9, "stroke-linejoin": "round", ...(line.dashed ? { "stroke-dasharray": "5 4" } : {}) }, view.svg);
    }

    marks() {
      for (const view of this.views || []) {
        if (!view.cursor) continue;
        view.cursor.replaceChildren();
        if (this.cursor === null) continue;
        const epoch = this.epochs[this.cursor];
        const at = view.x(epoch);
        element("line", { x1: at, x2: at, y1: this.frame.top, y2: this.frame.height - this.frame.bottom, stroke: "var(--reference)" }, view.cursor);
        for (const line of view.panel.lines) {
          const i = line.x.indexOf(epoch);
          if (this.hidden.has(line.key) || i < 0 || view.y(line.y[i]) === null) continue;
          element("circle", { cx: at, cy: view.y(line.y[i]), r: 3.5, fill: `var(${line.colour})`, stroke: "var(--paper)" }, view.cursor);
        }
      }
    }
  }

  themes();
  // The live page draws with the same charts.
  window.rankCollapse = { Chart, number, element };
  if (!document.getElementById("charts")) return;
  copying();
  const charts = JSON.parse(document.getElementById("charts").textContent);
  for (const host of document.querySelectorAll("[data-chart]")) {
    if (charts[host.dataset.chart]) new Chart(host, charts[host.dataset.chart]);
  }
})();
