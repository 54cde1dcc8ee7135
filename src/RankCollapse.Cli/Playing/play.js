// Draws the moments of trainings: what comes from the server, or what was recorded in the page.
(() => {
  const { number, heat } = Chart;
  const $ = id => document.getElementById(id);
  const root = document.documentElement;
  const isRecorded = Boolean($("recording"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const mostFrames = 240, namesOfSides = ["left", "right"];
  const html = (name, className, parent, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    if (parent) parent.append(node);
    return node;
  };
  const button = (parent, text, act, className = "") => {
    const node = html("button", className, parent, text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  };
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // The frames of FrameCamera: numbers of the whole network, then of each layer numbers, singular values, points and a Gram matrix.
  function parse(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const double = i => view.getFloat64(4 + 8 * i, true), int = i => view.getInt32(60 + 4 * i, true);
    const [leg, points, gram, values, depth, plane] = [0, 1, 2, 3, 4, 5].map(int);
    const frame = {
      number: view.getInt32(0, true), epoch: double(0), seconds: double(1), total: double(2), data: double(3), weights: double(4), features: double(5),
      gradient: double(6), leg, plane, layers: [],
    };
    let at = 84;
    const take = (type, count) => {
      const length = count * type.BYTES_PER_ELEMENT, part = new type(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + length));
      at += Math.ceil(length / 4) * 4;
      return part;
    };
    for (let l = 0; l < depth; l++) {
      const [scale, largest, lowest, tcv, gramOf, rank, spectraOf, distance, bound] = take(Float32Array, 9);
      frame.layers.push({
        scale, largest, lowest, tcv, gramOf, rank, spectraOf, distance, bound,
        spectra: { features: take(Float32Array, values), weights: take(Float32Array, values) },
        points: take(Int16Array, 2 * points), gram: take(Int8Array, gram * gram), gramSize: gram,
      });
    }
    return frame;
  }

  const scenes = [];
  const time = { isLive: true, share: 1, isPlaying: false };
  const shown = { spectra: "features", hasBound: false };
  let table = { knobs: [], stories: [] }, isDirty = true, drawnAt = 0, drawn = 0, toldAt = 0, side = 0, story = null;

  const at = scene => scene.frames.length ? (time.isLive ? scene.frames.length - 1 : Math.round(time.share * (scene.frames.length - 1))) : -1;
  const frameOf = scene => scene.frames[at(scene)];
  const present = () => scenes.filter(scene => scene.state && scene.frames.length);
  const dirty = () => { isDirty = true; };

  function addFrame(scene, frame) {
    const { frames } = scene;
    if (frames.length && frames[frames.length - 1].number % scene.spacing) frames.pop();
    frames.push(frame);
    if (frames.length > mostFrames) {
      scene.spacing *= 2;
      scene.frames = frames.filter(one => one.number % scene.spacing === 0 || one === frame);
    }
  }

  function addParts(scene, bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const parts = [];
    for (let i = 0; i < bytes.length;) {
      const length = view.getInt32(i, true);
      parts.push(bytes.subarray(i + 4, i + 4 + length));
      i += 4 + length;
    }
    return parts;
  }

  function takeState(scene, state) {
    if (scene.state && scene.state.generation !== state.generation) { scene.frames = []; scene.spacing = 1; }
    scene.state = state;
  }

  // Pens: the same drawing on a canvas and as SVG.
  class CanvasPen {
    constructor(canvas, width, height, scale = devicePixelRatio || 1) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      this.context = canvas.getContext("2d");
      this.context.setTransform(scale, 0, 0, scale, 0, 0);
    }
    fill(x, y, w, h, colour) { this.context.fillStyle = colour; this.context.fillRect(x, y, w, h); }
    frame(x, y, w, h, colour) { this.context.strokeStyle = colour; this.context.lineWidth = 1; this.context.strokeRect(x + .5, y + .5, w - 1, h - 1); }
    line(points, colour, width = 1.5, dash = []) {
      const { context } = this;
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.setLineDash(dash);
      context.beginPath();
      let isDown = false;
      for (const [x, y] of points) {
        if (!Number.isFinite(y)) { isDown = false; continue; }
        if (isDown) context.lineTo(x, y); else context.moveTo(x, y);
        isDown = true;
      }
      context.stroke();
      context.setLineDash([]);
    }
    dots(points, radius, colour, isOpen = false) {
      const { context } = this;
      context.beginPath();
      for (const [x, y] of points) { context.moveTo(x + radius, y); context.arc(x, y, radius, 0, 2 * Math.PI); }
      if (isOpen) { context.strokeStyle = colour; context.lineWidth = 1.5; context.stroke(); } else { context.fillStyle = colour; context.fill(); }
    }
    text(text, x, y, colour, { align = "left", size = 12, weight = 400 } = {}) {
      const { context } = this;
      context.font = `${weight} ${size}px Inter, system-ui, sans-serif`;
      context.fillStyle = colour;
      context.textAlign = align;
      context.fillText(text, x, y);
    }
    picture(shades, size, x, y, w, h) {
      const source = document.createElement("canvas");
      source.width = source.height = size;
      source.getContext("2d").putImageData(new ImageData(shades, size, size), 0, 0);
      this.context.imageSmoothingEnabled = false;
      this.context.drawImage(source, x, y, w, h);
    }
  }

  const round = value => Math.round(value * 10) / 10;
  const escaped = text => text.replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" })[c]);
  class SvgPen {
    constructor() { this.parts = []; }
    fill(x, y, w, h, colour) { this.parts.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${colour}"/>`); }
    frame(x, y, w, h, colour) {
      this.parts.push(`<rect x="${round(x + .5)}" y="${round(y + .5)}" width="${round(w - 1)}" height="${round(h - 1)}" fill="none" stroke="${colour}"/>`);
    }
    line(points, colour, width = 1.5, dash = []) {
      let path = "", isDown = false;
      for (const [x, y] of points) {
        if (!Number.isFinite(y)) { isDown = false; continue; }
        path += `${isDown ? "L" : "M"}${round(x)} ${round(y)}`;
        isDown = true;
      }
      const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
      this.parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"${dashes}/>`);
    }
    dots(points, radius, colour, isOpen = false) {
      const rings = `r="${radius}" fill="none" stroke="${colour}" stroke-width="1.5"`;
      if (isOpen) for (const [x, y] of points) this.parts.push(`<circle cx="${round(x)}" cy="${round(y)}" ${rings}/>`);
      else this.parts.push(`<path d="${dotted(points)}" stroke="${colour}" stroke-width="${2 * radius}" stroke-linecap="round" fill="none"/>`);
    }
    text(text, x, y, colour, { align = "left", size = 12, weight = 400 } = {}) {
      const anchor = { left: "start", center: "middle", right: "end" }[align];
      const style = `fill="${colour}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"`;
      this.parts.push(`<text x="${round(x)}" y="${round(y)}" ${style}>${escaped(text)}</text>`);
    }
    picture(shades, size, x, y, w, h) {
      const source = document.createElement("canvas");
      source.width = source.height = size;
      source.getContext("2d").putImageData(new ImageData(shades, size, size), 0, 0);
      const place = `x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"`;
      this.parts.push(`<image ${place} style="image-rendering:pixelated" href="${source.toDataURL()}"/>`);
    }
    markup(width, height) {
      return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" `
        + `font-family="Inter, system-ui, sans-serif">${this.parts.join("")}</svg>\n`;
    }
  }
  const dotted = points => points.map(([x, y]) => `M${round(x)} ${round(y)}h0`).join("");

  // Colours of the theme.
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  let paints = new Map(), paintsAreDark = null;
  function paint(name) {
    if (paintsAreDark !== isDark()) { paints = new Map(); paintsAreDark = isDark(); }
    if (!paints.has(name)) paints.set(name, getComputedStyle(root).getPropertyValue(`--${name}`).trim());
    return paints.get(name);
  }
  const classColour = k => paint(`kind-${k % 10}`);
  const layerColour = (scene, l) => scene.state.layerColours[l][isDark() ? 1 : 0];
  const shadesOfHeat = Array.from({ length: 256 }, (_, i) => heat(i / 255).match(/\d+/g).map(Number));

  // Panels of one size in rows.
  function grid(width, count, least) {
    const columns = clamp(Math.floor((width + 10) / (least + 10)), 1, count), size = Math.floor((width - 10 * (columns - 1)) / columns);
    return { columns, size: Math.min(size, 260), rows: Math.ceil(count / columns) };
  }
  function panels(width, count, least, ratio, draw) {
    const { columns, size, rows } = grid(width, count, least), tall = size * ratio + 20;
    return {
      height: rows * (tall + 8),
      draw: pen => { for (let l = 0; l < count; l++) draw(pen, l, (l % columns) * (size + 10), Math.floor(l / columns) * (tall + 8) + 16, size, size * ratio); },
    };
  }
  const sharing = (l, pick) => present().map(frameOf).filter(frame => frame && frame.layers[l]).map(frame => pick(frame.layers[l]));

  function drawPoints(scene, frame, width) {
    const classes = scene.state.pointClasses;
    return panels(width, frame.layers.length, 112, 1, (pen, l, x, y, w, h) => {
      const layer = frame.layers[l], scale = Math.max(...sharing(l, other => other.scale)), half = w / 2 - 6;
      const factor = scale > 0 ? layer.scale / scale / 32767 * half : 0;
      pen.text(`layer ${l + 1}`, x, y - 4, paint("ink"));
      pen.text(`± ${number(scale, 2)}`, x + w, y - 4, paint("muted"), { align: "right", size: 11 });
      pen.frame(x, y, w, h, paint("line"));
      for (const [k, those] of byClass(classes, layer.points.length / 2)) {
        pen.dots(those.map(i => [x + w / 2 + factor * layer.points[2 * i], y + h / 2 - factor * layer.points[2 * i + 1]]), classes.length > 300 ? 1.4 : 2,
          classColour(k));
      }
    });
  }
  function byClass(classes, count) {
    const groups = new Map();
    for (let i = 0; i < count; i++) {
      const k = classes.length ? classes[i] : 0;
      if (!groups.has(k)) groups.set(k, []);
      groups.get(k).push(i);
    }
    return groups;
  }

  function drawGram(scene, frame, width) {
    const low = Math.min(0, ...present().map(frameOf).flatMap(other => other.layers.map(layer => layer.lowest)));
    return panels(width, frame.layers.length, 112, 1, (pen, l, x, y, w, h) => {
      const { gram, gramSize, gramOf, largest } = frame.layers[l], shades = new Uint8ClampedArray(4 * gram.length);
      for (let i = 0; i < gram.length; i++) shades.set([...shadesOfHeat[clamp(Math.round(255 * (gram[i] / 127 - low) / (1 - low)), 0, 255)], 255], 4 * i);
      pen.text(`layer ${l + 1}`, x, y - 4, paint("ink"));
      pen.text(gramOf < frame.epoch ? `of epoch ${gramOf}` : `max ${number(largest, 2)}`, x + w, y - 4, paint("muted"), { align: "right", size: 11 });
      pen.picture(shades, gramSize, x, y, w, h);
    });
  }

  const decades = 10;
  function drawSpectra(scene, frame, width) {
    const kind = shown.spectra, { forecast, classes } = scene.state;
    return panels(width, frame.layers.length, 130, 0.8, (pen, l, x, y, w, h) => {
      const values = frame.layers[l].spectra[kind], expected = forecast && forecast.layers[l] ? forecast.layers[l][kind] : [];
      const every = present().flatMap(other => [...other.frames.map(f => f.layers[l] ? f.layers[l].spectra[kind][0] : 0),
        ...(other.state.forecast && other.state.forecast.layers[l] ? other.state.forecast.layers[l][kind] : [])]).filter(v => v > 0);
      const top = Math.ceil(Math.log10(Math.max(...every, 1e-30)) + 0.05), left = x + 30, wide = w - 36, count = values.length;
      const px = k => left + (k + 0.5) / count * wide, py = v => y + 4 + clamp((top - Math.log10(Math.max(v, 1e-300))) / decades, 0, 1) * (h - 8);
      pen.text(`layer ${l + 1}`, x, y - 4, paint("ink"));
      const epoch = frame.layers[l].spectraOf;
      if (epoch < frame.epoch) pen.text(`of epoch ${epoch}`, x + w, y - 4, paint("muted"), { align: "right", size: 11 });
      for (let d = 0; d <= decades; d += 5) {
        const line = y + 4 + d / decades * (h - 8);
        pen.line([[left, line], [x + w, line]], paint("grid"), 1);
        pen.text(power(top - d), left - 4, line + (d ? 4 : 9), paint("muted"), { align: "right", size: 11 });
      }
      if (classes < count) pen.line([[left + classes / count * wide, y], [left + classes / count * wide, y + h]], paint("reference"), 1, [3, 3]);
      const points = [...values].map((v, k) => [px(k), Number.isNaN(v) ? NaN : py(v)]).filter(p => Number.isFinite(p[1]));
      pen.line(points, paint("kind-0"), 1);
      pen.dots(points, 2, paint("kind-0"));
      pen.dots([...expected].slice(0, count).map((v, k) => [px(k), py(v)]), 4, paint("kind-1"), true);
    });
  }
  const power = exponent => exponent === 0 ? "1" : `10${String(exponent).replace(/[-0-9]/g, c => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[+c])}`;

  // A curve over the epochs, both axes shared between the trainings.
  function curves(scene, frame, width, { log, lines, levels = [], least = null }) {
    const height = 190, left = 40, right = 8, top = 18, bottom = 30;
    return {
      height,
      draw: pen => {
        const ofAll = present().flatMap(other => other.frames.flatMap(f => lines(other).map(line => line.value(f)))).concat(levels.map(level => level.at));
        const good = ofAll.filter(v => Number.isFinite(v) && (!log || v > 0)).map(v => log ? Math.log10(v) : v);
        let low = log ? Math.floor(Math.min(...good, 0)) : least, high = log ? Math.ceil(Math.max(...good, low + 1)) : Math.max(...good, 1) * 1.05;
        if (log && good.length) { low = Math.floor(Math.min(...good)); high = Math.max(Math.ceil(Math.max(...good)), low + 1); }
        const last = Math.max(1, ...present().map(other => Math.max(...other.frames.map(f => f.epoch))));
        const px = epoch => left + Math.log10(1 + epoch) / Math.log10(1 + last) * (width - left - right);
        const py = v => top + (high - (log ? Math.log10(v) : v)) / (high - low) * (height - top - bottom);
        const every = Math.max(1, Math.ceil((high - low) / 5));
        for (let d = log ? Math.ceil(high / every) * every : 0; log ? d >= low : d <= high; d += log ? -every : niceStep(high)) {
          if (log && d > high) continue;
          const y = top + (high - d) / (high - low) * (height - top - bottom);
          pen.line([[left, y], [width - right, y]], paint("grid"), 1);
          pen.text(log ? power(d) : String(d), left - 6, y + 4, paint("muted"), { align: "right", size: 11 });
        }
        for (let e = 0; 10 ** e - 1 <= last; e++) {
          const x = px(e === 0 ? 0 : 10 ** e);
          if (x <= width - right) pen.text(e === 0 ? "0" : number(10 ** e), x, height - 12, paint("muted"), { align: "center", size: 11 });
        }
        pen.text("epoch", width - right, height - 1, paint("muted"), { align: "right", size: 11 });
        for (const level of levels) {
          if (!(log ? level.at > 0 : true)) continue;
          pen.line([[left, py(level.at)], [width - right, py(level.at)]], paint("reference"), 1.2, [5, 4]);
          pen.text(level.name, width - right - 2, py(level.at) - 4, paint("muted"), { align: "right", size: 11 });
        }
        let key = left;
        for (const line of lines(scene)) {
          pen.line(scene.frames.map(f => { const v = line.value(f); return [px(f.epoch), log && !(v > 0) ? NaN : py(v)]; }), line.colour, 1.6, line.dash || []);
          if (key < width - 40) {
            if (line.ink) pen.line([[key, 7], [key + 12, 7]], line.colour, 2.5);
            pen.text(line.name, key + (line.ink ? 16 : 0), 11, line.ink || line.colour, { size: 11 });
          }
          key += 7 * line.name.length + (line.ink ? 28 : 12);
        }
        pen.line([[px(frame.epoch), top], [px(frame.epoch), height - bottom]], paint("ink"), 1);
      },
    };
  }
  const niceStep = high => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(step => high / step <= 5) || high;
  const byLayer = pick => scene => scene.state.layerColours.map((_, l) => ({
    name: `${l + 1}`, colour: layerColour(scene, l), ink: paint("muted"), value: f => f.layers[l] ? pick(f.layers[l]) : NaN,
  }));

  function drawBound(scene, frame, width) {
    const height = 190, left = 44, top = 18, bottom = 34;
    return {
      height,
      draw: pen => {
        const all = present().flatMap(other => other.frames.flatMap(f => f.layers.flatMap(layer => [layer.distance, layer.bound])))
          .filter(v => v > 0 && Number.isFinite(v)).map(Math.log10);
        const low = Math.floor(Math.min(...all, 0)), high = Math.ceil(Math.max(...all, low + 1)), every = Math.max(1, Math.ceil((high - low) / 5));
        const px = l => left + (l + 0.5) / frame.layers.length * (width - left - 8);
        const py = v => top + (high - Math.log10(Math.max(v, 1e-300))) / (high - low) * (height - top - bottom);
        for (let d = Math.floor(high / every) * every; d >= low; d -= every) {
          const y = top + (high - d) / (high - low) * (height - top - bottom);
          pen.line([[left, y], [width - 8, y]], paint("grid"), 1);
          pen.text(power(d), left - 6, y + 4, paint("muted"), { align: "right", size: 11 });
        }
        const points = pick => frame.layers.map((layer, l) => [px(l), pick(layer) >= 0 ? Math.min(py(pick(layer)), height - bottom) : NaN])
          .filter(p => Number.isFinite(p[1]));
        pen.dots(points(layer => layer.distance), 4, paint("kind-0"));
        pen.dots(points(layer => layer.bound), 5, paint("kind-1"), true);
        frame.layers.forEach((_, l) => pen.text(`layer ${l + 1}`, px(l), height - 16, paint("muted"), { align: "center", size: 11 }));
        pen.text(`distance from rank ${scene.state.classes}`, left, 11, paint("kind-0"), { size: 11 });
        pen.text("Theorem 3.4's bound", left + 150, 11, paint("kind-1"), { size: 11 });
      },
    };
  }

  const sections = [
    {
      key: "points",
      title: () => `Features of every layer, in ${present().some(s => s.state.plane.startsWith("the")) ? "their principal axes" : "a random plane"}`,
      of: drawPoints,
    },
    { key: "gram", title: () => "Gram matrices, samples by class", of: drawGram },
    { key: "singular", title: () => `Singular values of the ${shown.spectra}: trained (dots) and forecast (rings)`, of: drawSpectra },
    {
      key: "tcv", title: () => "TCV by layer",
      of: (scene, frame, width) => curves(scene, frame, width, { log: true, lines: byLayer(layer => layer.tcv) }),
    },
    {
      key: "ranks", title: () => "Rank of the features by layer",
      of: (scene, frame, width) => curves(scene, frame, width, {
        log: false, least: 0, lines: byLayer(layer => layer.rank), levels: [{ at: scene.state.classes, name: `K = ${scene.state.classes}` }],
      }),
    },
    {
      key: "objective", title: () => "Objective and its parts",
      of: (scene, frame, width) => curves(scene, frame, width, {
        log: true,
        lines: () => [
          { name: "objective", colour: paint("ink"), value: f => f.total }, { name: "data", colour: paint("kind-0"), value: f => f.data },
          { name: "weights", colour: paint("kind-1"), value: f => f.weights }, { name: "features", colour: paint("kind-2"), value: f => f.features },
          { name: "gradient", colour: paint("muted"), dash: [2, 3], value: f => f.gradient },
        ],
        levels: scene.state.forecast && scene.state.forecast.objective ? [{ at: scene.state.forecast.objective, name: "forecast" }] : [],
      }),
    },
    {
      key: "bound", title: () => "How far weights are from rank K, and Theorem 3.4's bound", of: drawBound,
      isShown: () => present().some(s => frameOf(s).layers.some(l => l.distance >= 0)),
    },
  ];
  const visible = () => sections.filter(section => !section.isShown || section.isShown());

  // The page's canvases, one for each picture of each training.
  const canvases = new Map();
  // What is out of sight is not drawn while it moves.
  const sight = new IntersectionObserver(entries => {
    for (const entry of entries) entry.target.isSeen = entry.isIntersecting;
    dirty();
  }, { rootMargin: "200px" });
  function canvasOf(section, index) {
    const key = `${section.key}-${index}`;
    if (!canvases.has(key)) {
      let block = $(`section-${section.key}`);
      if (!block) {
        block = html("section", "picture", $("pictures"));
        block.id = `section-${section.key}`;
        html("h3", "", block);
        html("div", "row", block);
        sight.observe(block);
      }
      const canvas = html("canvas", "", block.querySelector(".row"));
      canvas.setAttribute("role", "img");
      canvas.dataset.picture = key;
      canvases.set(key, canvas);
    }
    return canvases.get(key);
  }

  function draw() {
    const list = present(), isStill = !time.isPlaying && !list.some(s => s.state.status === "running"), told = performance.now() - toldAt > 500 || isStill;
    $("pictures").classList.toggle("two", list.length > 1);
    for (const section of sections) {
      const known = $(`section-${section.key}`), isShown = visible().includes(section) && list.length > 0;
      if (known) known.hidden = !isShown;
      if (!isShown) continue;
      scenes.forEach((scene, index) => {
        const isThere = list.includes(scene), canvas = canvasOf(section, index), block = canvas.closest(".picture");
        canvas.hidden = !isThere;
        if (!isThere) return;
        const frame = frameOf(scene), columns = list.length > 1 && innerWidth > 700 ? 2 : 1;
        const width = Math.max(240, Math.floor(canvas.parentElement.clientWidth / columns) - (columns > 1 ? 10 : 0));
        const picture = section.of(scene, frame, width);
        canvas.style.setProperty("width", `${width}px`);
        canvas.style.setProperty("height", `${picture.height}px`);
        if (block.isSeen || isStill) picture.draw(new CanvasPen(canvas, width, picture.height));
        if (told) canvas.setAttribute("aria-label", `${section.title()}, epoch ${frame.epoch}${list.length > 1 ? `, ${namesOfSides[index]}` : ""}`);
      });
      const title = $(`section-${section.key}`).querySelector("h3");
      if (title.textContent !== section.title()) title.textContent = section.title();
    }
    for (const [key, canvas] of canvases) if (Number(key.split("-").pop()) >= scenes.length) { canvas.remove(); canvases.delete(key); }
    showTime();
    if (told) { toldAt = performance.now(); showScenes(); }
    drawn++;
    root.dataset.pictures = String(drawn);
  }

  const words = { preparing: "preparing", ready: "ready", running: "training", paused: "held", ended: "ended", failed: "cannot be trained" };
  function showScenes() {
    const host = $("scenes");
    while (host.children.length > scenes.length) host.lastChild.remove();
    scenes.forEach((scene, index) => {
      let card = host.children[index];
      if (!card) {
        card = html("section", "scene", host);
        html("h2", "", card);
        html("p", "numbers-line", card);
        html("p", "note said", card);
        const scroll = html("div", "layers-table", card);
        html("table", "numbers", scroll);
        const command = html("div", "command", card);
        html("code", "", html("pre", "", command)).parentElement.tabIndex = 0;
        command.querySelector("pre").setAttribute("aria-label", "Command that repeats it");
        copying(button(command, "Copy", () => {}, "copy"), command);
      }
      const { state } = scene, frame = frameOf(scene);
      if (!state) return;
      say(card.querySelector("h2"), heading(index));
      const numbers = frame ? [`epoch ${frame.epoch}`, `objective ${number(frame.total, 6)}`, `relative gradient ${number(frame.gradient, 2)}`] : [];
      say(card.querySelector(".numbers-line"), [...numbers, words[state.status]].join(" · "));
      const said = [state.change, sentence(state.said), frame && frame.plane ? `Points in ${state.plane}.` : "", expectation(state)];
      say(card.querySelector(".said"), said.filter(Boolean).join(" "));
      showLayers(card.querySelector("table"), frame);
      card.querySelector(".command").hidden = !state.command.length;
      sayCommand(card.querySelector("code"), state.command);
    });
    $("scenes").classList.toggle("two", scenes.length > 1);
  }
  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  // A command breaks between words only.
  function sayCommand(node, words) {
    if (node.textContent !== words.join(" ")) node.replaceChildren(...words.flatMap((word, i) => [...i ? [" "] : [], html("span", "", null, word)]));
  }
  const sentence = text => text && `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

  function expectation(state) {
    if (state.noForecast) return `No forecast: ${state.noForecast}`;
    if (!state.forecast) return state.layerColours ? "The forecast is being computed." : "";
    const unmet = state.forecast.unmet ? `, though not all is met that it assumes: ${state.forecast.unmet}` : "";
    return `Forecast: ${state.forecast.source}, objective ${number(state.forecast.objective, 6)}${unmet}.`;
  }

  function heading(index) {
    const settings = scenes[index].state.inForce;
    if (scenes.length === 1) return `${settings.data}, ${settings.depth} layers, ${settings.activation}, ${settings.solver}`;
    const other = scenes[1 - index].state;
    const differing = other ? Object.keys(settings).filter(name => settings[name] !== other.inForce[name]) : [];
    return `${index ? "Right" : "Left"}: ${differing.map(name => `${optionOf(name)} ${settings[name] || "–"}`).join(", ") || "the same settings"}`;
  }
  const optionOf = name => (table.knobs.find(knob => knob.name === name) || { option: name }).option;

  function showLayers(host, frame) {
    if (!frame) { host.replaceChildren(); return; }
    const hasBound = frame.layers.some(layer => layer.distance >= 0);
    const columns = ["layer", "TCV", "rank", ...hasBound ? ["distance", "bound"] : []];
    if (host.rows.length !== frame.layers.length + 1 || host.rows[0].cells.length !== columns.length) {
      host.replaceChildren();
      const head = html("tr", "", html("thead", "", host)), body = html("tbody", "", host);
      for (const name of columns) html("th", "", head, name).scope = "col";
      frame.layers.forEach((_, l) => {
        const row = html("tr", "", body);
        html("th", "", row, String(l + 1)).scope = "row";
        for (let i = 1; i < columns.length; i++) html("td", "", row);
      });
    }
    frame.layers.forEach((layer, l) => {
      const { cells } = host.rows[l + 1], real = value => Number.isFinite(value) ? number(value, 2) : "–";
      [layer.tcv, layer.rank, layer.distance, layer.bound].slice(0, columns.length - 1).forEach((value, i) => say(cells[i + 1], real(value)));
    });
  }

  function copying(node, host) {
    node.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(host.querySelector("code").textContent);
        node.textContent = "Copied";
      } catch {
        node.textContent = "Select it by hand";
      }
      setTimeout(() => { node.textContent = "Copy"; }, 2000);
    });
  }

  // Time.
  function showTime() {
    const most = Math.max(0, ...scenes.map(scene => scene.frames.length - 1)), range = $("moment");
    range.max = String(most);
    if (document.activeElement !== range || time.isLive || time.isPlaying) range.value = String(time.isLive ? most : Math.round(time.share * most));
    const frame = present()[0] && frameOf(present()[0]);
    if (frame) range.setAttribute("aria-valuetext", `epoch ${frame.epoch}`);
    $("newest").hidden = time.isLive || isRecorded;
    say($("replay"), time.isPlaying ? "Stop" : "Replay");
  }
  function goTo(share) {
    time.isLive = false;
    time.share = clamp(share, 0, 1);
    dirty();
  }
  $("moment").addEventListener("input", event => {
    time.isPlaying = false;
    goTo(Number(event.target.max) ? Number(event.target.value) / Number(event.target.max) : 0);
  });
  $("newest").addEventListener("click", () => { time.isLive = true; time.isPlaying = false; dirty(); });
  $("replay").addEventListener("click", () => {
    time.isPlaying = !time.isPlaying;
    if (time.isPlaying) { time.begun = performance.now(); goTo(0); }
    dirty();
  });
  const secondsOfReplay = () => clamp(Math.max(1, ...scenes.map(scene => scene.frames.length)) / 12, 3, 15);

  function tick(now) {
    if (time.isPlaying) {
      const share = (now - time.begun) / 1000 / secondsOfReplay();
      const shown = calm.matches ? Math.floor(share * 8) / 8 : share;
      if (share >= 1) { time.isPlaying = false; goTo(1); time.isLive = !isRecorded; } else if (shown !== time.share) goTo(shown);
    }
    // Who wants little motion sees two pictures a second.
    if (isDirty && now - drawnAt >= (calm.matches ? 500 : 0)) {
      isDirty = false;
      drawnAt = now;
      draw();
    }
    requestAnimationFrame(tick);
  }
  new ResizeObserver(dirty).observe($("pictures"));
  new MutationObserver(dirty).observe(root, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dirty);
  $("spectra").addEventListener("change", event => { shown.spectra = event.target.value; dirty(); });
  document.fonts.ready.then(dirty);

  // Taking it along.
  function save(content, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say($("kept"), `${name} is in the folder of downloads.`);
  }
  const epochs = () => present().map(scene => frameOf(scene).epoch).join("-");
  function compose(pen, width) {
    const list = present(), wide = Math.floor((width - 40 - 20 * (list.length - 1)) / list.length);
    let y = 20;
    if (pen) pen.fill(0, 0, width, compose(null, width), paint("paper"));
    for (const scene of list) {
      const x = 20 + list.indexOf(scene) * (wide + 20);
      if (pen) pen.text(heading(scenes.indexOf(scene)), x, y + 14, paint("ink"), { size: 14, weight: 600 });
      if (pen) pen.text(`epoch ${frameOf(scene).epoch}, objective ${number(frameOf(scene).total, 6)}`, x, y + 32, paint("muted"));
    }
    y += 50;
    for (const section of visible()) {
      if (pen) pen.text(section.title(), 20, y + 12, paint("ink"), { size: 13, weight: 600 });
      y += 24;
      let tallest = 0;
      list.forEach((scene, i) => {
        const picture = section.of(scene, frameOf(scene), wide);
        tallest = Math.max(tallest, picture.height);
        if (pen) picture.draw(moved(pen, 20 + i * (wide + 20), y));
      });
      y += tallest + 16;
    }
    return y + 8;
  }
  // A pen whose origin lies elsewhere.
  const moved = (pen, dx, dy) => ({
    fill: (x, y, ...rest) => pen.fill(x + dx, y + dy, ...rest),
    frame: (x, y, ...rest) => pen.frame(x + dx, y + dy, ...rest),
    line: (points, ...rest) => pen.line(points.map(([x, y]) => [x + dx, y + dy]), ...rest),
    dots: (points, ...rest) => pen.dots(points.map(([x, y]) => [x + dx, y + dy]), ...rest),
    text: (text, x, y, ...rest) => pen.text(text, x + dx, y + dy, ...rest),
    picture: (shades, size, x, y, ...rest) => pen.picture(shades, size, x + dx, y + dy, ...rest),
  });
  const widthOfPicture = () => present().length > 1 ? 1400 : 900;
  $("png").addEventListener("click", () => {
    if (!present().length) return;
    const canvas = document.createElement("canvas"), width = widthOfPicture();
    compose(new CanvasPen(canvas, width, compose(null, width), 2), width);
    canvas.toBlob(blob => save(blob, `collapse-epoch-${epochs()}.png`), "image/png");
  });
  $("svg").addEventListener("click", () => {
    if (!present().length) return;
    const pen = new SvgPen(), width = widthOfPicture(), height = compose(pen, width);
    save(pen.markup(width, Math.ceil(height)), `collapse-epoch-${epochs()}.svg`, "image/svg+xml");
  });

  // The features of every layer, moving: points go from moment to moment.
  function movingSvg() {
    const list = present(), most = 40, seconds = 8, pen = new SvgPen();
    const width = widthOfPicture(), wide = Math.floor((width - 40 - 20 * (list.length - 1)) / list.length);
    let tallest = 0;
    list.forEach((scene, i) => {
      const { frames } = scene, count = Math.min(most, frames.length);
      const moments = Array.from({ length: count }, (_, k) => frames[count > 1 ? Math.round(k * (frames.length - 1) / (count - 1)) : 0]);
      const x0 = 20 + i * (wide + 20), y0 = 60, { columns, size, rows } = grid(wide, moments[0].layers.length, 112);
      tallest = Math.max(tallest, y0 + rows * (size + 28) + 12);
      pen.text(heading(scenes.indexOf(scene)), x0, 24, paint("ink"), { size: 14, weight: 600 });
      moments.forEach((moment, k) => {
        const from = k / count, to = (k + 1) / count, isLast = k === count - 1;
        const keys = [[0, k === 0], ...k ? [[from, true]] : [], ...isLast ? [] : [[to, false]]];
        const change = `keyTimes="${keys.map(key => key[0]).join(";")}" values="${keys.map(key => key[1] ? "visible" : "hidden").join(";")}"`;
        pen.parts.push(`<text x="${x0}" y="42" fill="${paint("muted")}" font-size="12" visibility="${isLast ? "visible" : "hidden"}">`
          + `epoch ${moment.epoch}, objective ${number(moment.total, 4)}`
          + `<animate attributeName="visibility" calcMode="discrete" dur="${seconds}s" repeatCount="indefinite" ${change}/></text>`);
      });
      moments[0].layers.forEach((_, l) => {
        const x = x0 + (l % columns) * (size + 10), y = y0 + Math.floor(l / columns) * (size + 28) + 16;
        pen.text(`layer ${l + 1}`, x, y - 4, paint("ink"));
        pen.frame(x, y, size, size, paint("line"));
        for (const [k, those] of byClass(scene.state.pointClasses, moments[0].layers[l].points.length / 2)) {
          const paths = moments.map(moment => dotted(those.map(p => [
            x + size / 2 + moment.layers[l].points[2 * p] / 32767 * (size / 2 - 6), y + size / 2 - moment.layers[l].points[2 * p + 1] / 32767 * (size / 2 - 6)])));
          pen.parts.push(`<path d="${paths[count - 1]}" stroke="${classColour(k)}" stroke-width="4" stroke-linecap="round" fill="none">`
            + `<animate attributeName="d" dur="${seconds}s" repeatCount="indefinite" values="${paths.join(";")}"/></path>`);
        }
      });
    });
    pen.parts.unshift(`<rect width="${width}" height="${tallest}" fill="${paint("paper")}"/>`);
    return pen.markup(width, tallest);
  }
  $("moving").addEventListener("click", () => { if (present().length) save(movingSvg(), "collapse.svg", "image/svg+xml"); });

  const tell = problem => { $("problem").hidden = !problem; say($("problem"), problem || ""); };
  requestAnimationFrame(tick);

  if (isRecorded) {
    const unpack = async text => {
      const packed = Uint8Array.from(atob(text), c => c.charCodeAt(0));
      return new Uint8Array(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
    };
    (async () => {
      for (const { state, frames } of JSON.parse($("recording").textContent)) {
        const scene = { state, frames: [], spacing: 1 };
        for (const part of addParts(scene, await unpack(frames))) scene.frames.push(parse(part));
        scenes.push(scene);
      }
      goTo(1);
    })();
    return;
  }

  // From here on: the page of a server, or of the library in the browser itself, which answers what a server would.
  const isAlone = Boolean(window.askLibrary), ask = window.askLibrary || fetch.bind(window);
  const silence = isAlone ? "The library does not answer; load the page again." : "The server does not answer; is rankcollapse play still running?";
  async function post(path, content = {}) {
    const response = await ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
    const text = (await response.text()).trim();
    if (!response.ok) throw new Error(text);
    return text;
  }
  const act = async (path, content) => {
    try {
      const text = await post(path, content);
      tell("");
      return text;
    } catch (error) {
      tell(error instanceof TypeError ? silence : error.message);
      return null;
    }
  };

  function follow(index) {
    const scene = { state: null, frames: [], spacing: 1, isFollowed: true, ending: new AbortController() };
    scenes[index] = scene;
    (async () => {
      let failures = 0;
      while (scene.isFollowed) {
        try {
          const { state, frames } = scene, newest = frames.length ? frames[frames.length - 1].number : -1;
          const query = new URLSearchParams({ scene: index, generation: state ? state.generation : -1, version: state ? state.version : -1, after: newest });
          const response = await ask(`frames?${query}`, { cache: "no-store", signal: scene.ending.signal });
          if (!scene.isFollowed) return;
          if (!response.ok) throw new Error((await response.text()).trim());
          failures = 0;
          if (response.status === 204) continue;
          const [head, ...parts] = addParts(scene, new Uint8Array(await response.arrayBuffer()));
          if (!scene.isFollowed) return;
          if (head.length) { takeState(scene, JSON.parse(new TextDecoder().decode(head))); setCount(scene.state.scenes); showKnobs(); toldAt = 0; }
          for (const part of parts) addFrame(scene, parse(part));
          if (time.isLive || head.length) dirty(); else showTime();
          if (story) story.look();
        } catch (error) {
          if (!scene.isFollowed) return;
          failures++;
          tell(error instanceof TypeError ? silence : error.message);
          await new Promise(done => setTimeout(done, Math.min(500 * 2 ** failures, 10000)));
        }
      }
    })();
  }
  function leave(scene) {
    scene.isFollowed = false;
    scene.ending.abort();
  }
  function setCount(count) {
    while (scenes.length > count) leave(scenes.pop());
    while (scenes.length < count) follow(scenes.length);
    side = Math.min(side, count - 1);
    $("sides").hidden = count < 2;
    compare.checked = count > 1;
    dirty();
  }

  // Transport.
  const transport = $("transport"), looks = $("looks"), keep = $("keep");
  const run = button(transport, "Run", () => { time.isLive = true; time.isPlaying = false; act(isRunning() ? "pause" : "run"); }, "main");
  run.id = "run";
  button(transport, "Step", () => { time.isLive = true; time.isPlaying = false; act("step"); }).id = "step";
  button(transport, "Start again", () => { time.isLive = true; act("restart"); }).id = "restart";
  const isRunning = () => scenes.some(scene => scene.state && scene.state.status === "running");
  const choice = (parent, text, node, id) => {
    const label = html("label", "choice", parent, `${text} `);
    node.id = id;
    label.append(node);
    return node;
  };
  const select = options => {
    const node = document.createElement("select");
    node.append(...options.map(([text, value]) => new Option(text, value)));
    return node;
  };
  const speed = choice(transport, "Speed", select([["as fast as it can", ""], ["1 epoch a second", "1"],
    ...[4, 20, 100].map(pace => [`${pace} epochs a second`, String(pace)])]), "speed");
  speed.addEventListener("change", () => act("speed", speed.value ? { epochsPerSecond: Number(speed.value) } : {}));
  const check = () => Object.assign(document.createElement("input"), { type: "checkbox" });
  const compare = choice(looks, "Two side by side", check(), "compare");
  compare.addEventListener("change", async () => {
    const count = compare.checked ? 2 : 1;
    if (count === 1) setCount(1);
    if (await act("compare", { isOn: count === 2 }) !== null) setCount(count);
  });
  const plane = choice(looks, "Plane", select([["random, as in Figure 7", "random"], ["principal axes of this moment", "principal"]]), "plane");
  plane.addEventListener("change", () => act("plane", { kind: plane.value }));
  const bound = choice(looks, "Theorem 3.4's bound", check(), "bound");
  bound.addEventListener("change", () => act("bound", { isShown: bound.checked }));
  if (!isAlone) button(keep, "Save as a run", async () => {
    for (let i = 0; i < scenes.length; i++) {
      const place = await act("save", { scene: i });
      if (place !== null) say($("kept"), `Saved as ${place}.`);
    }
  }).id = "save";
  button(keep, "Page that replays it", async () => {
    const response = await ask("replay", { cache: "no-store" });
    if (response.ok) save(await response.blob(), "collapse.html"); else tell((await response.text()).trim());
  }).id = "page";

  // Knobs.
  const knobs = new Map();
  function buildKnobs() {
    for (const [host, isFirst] of [[$("first"), true], [$("more"), false]]) {
      for (const [legend, startsAnew] of [["Start anew", true], ["Go on with the same weights", false]]) {
        const those = table.knobs.filter(knob => knob.isFirst === isFirst && knob.startsAnew === startsAnew);
        if (!those.length) continue;
        const set = html("fieldset", "", host);
        html("legend", "", set, legend);
        for (const knob of those) buildKnob(set, knob);
      }
    }
  }
  function buildKnob(host, knob) {
    // A browser alone reads no files.
    if (isAlone && knob.name === "data") knob.others = null;
    const row = html("div", "knob", host), label = html("label", "", row), id = `knob-${knob.name}`;
    label.htmlFor = id;
    label.textContent = knob.option;
    let input, file = null;
    if (knob.kind === "switch") input = check();
    else if (knob.names.length) input = select([...knob.names.map(name => [name, name]), ...knob.others ? [["other …", "\u0000"]] : []]);
    else {
      const inputMode = knob.kind === "text" ? "text" : "decimal";
      input = Object.assign(document.createElement("input"), { type: "text", inputMode, placeholder: knob.fallback });
    }
    input.id = id;
    input.setAttribute("aria-describedby", `${id}-help`);
    row.append(input);
    if (knob.others) {
      file = Object.assign(document.createElement("input"), { type: "text", hidden: true, placeholder: knob.others });
      file.id = `${id}-other`;
      file.setAttribute("aria-label", `Other ${knob.option}`);
      row.append(file);
      file.addEventListener("change", () => { if (file.value.trim()) turn(knob, file.value.trim(), file); });
    }
    const help = html("small", "", row, `${knob.help}${knob.range ? `; ${knob.range}` : ""}`);
    help.id = `${id}-help`;
    input.addEventListener("change", () => {
      if (file && input.value === "\u0000") { file.hidden = false; file.focus(); return; }
      turn(knob, knob.kind === "switch" ? String(input.checked) : input.value, input);
    });
    knobs.set(knob.name, { knob, input, file, help });
  }
  async function turn(knob, value, input) {
    try {
      const text = await post("settings", { scene: side, settings: { [knob.name]: value } });
      input.removeAttribute("aria-invalid");
      say($("effect"), text);
      tell("");
      time.isLive = true;
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      say($("effect"), "");
      tell(error instanceof TypeError ? silence : error.message);
    }
  }
  function showKnobs() {
    const state = scenes[side] && scenes[side].state;
    say(run, isRunning() ? "Pause" : "Run");
    if (!state) return;
    for (const [name, { knob, input, file, help }] of knobs) {
      const value = state.settings[name];
      if (document.activeElement !== input && document.activeElement !== file) {
        input.removeAttribute("aria-invalid");
        if (knob.kind === "switch") input.checked = value === "true";
        else if (file) {
          const isName = knob.names.includes(value);
          input.value = isName ? value : "\u0000";
          file.hidden = isName;
          if (!isName) file.value = value;
        } else input.value = value;
      }
      const reason = state.idle[name];
      input.disabled = Boolean(reason);
      say(help, reason ? `${knob.option} ${reason}.` : `${knob.help}${knob.range ? `; ${knob.range}` : ""}`);
    }
    [...$("sides").children].forEach((node, i) => node.setAttribute("aria-pressed", String(i === side)));
  }
  $("knobs").addEventListener("submit", event => event.preventDefault());
  namesOfSides.forEach((name, i) => button($("sides"), `Knobs of the ${name}`, () => { side = i; showKnobs(); }));

  // Stories.
  const secondsOfAStep = 6, lastOf = scene => scene.frames[scene.frames.length - 1];
  async function tellStory(chosen) {
    if (story) story.end();
    const host = $("story");
    host.replaceChildren();
    host.hidden = false;
    html("h2", "", host, chosen.title);
    const text = html("p", "step", host, "…"), bar = html("div", "choices", host), ends = html("div", "ends", host);
    const next = button(bar, "Go on", () => told.goOn());
    button(bar, "Leave the story", () => { told.end(); host.hidden = true; });
    let at = -1, since = 0, hasBegun = false, isHurried = false, timer = 0;
    const told = {
      end() { clearInterval(timer); if (story === told) story = null; },
      show(step) { at = step; since = performance.now(); say(text, chosen.steps[step].text); host.dataset.step = String(step); },
      begin() { hasBegun = true; told.show(1); act("run"); },
      goOn() {
        if (at === 0) { told.begin(); return; }
        isHurried = true;
        act("speed", {});
        told.look();
      },
      look() {
        const states = scenes.map(scene => scene.state);
        if (scenes.length !== chosen.scenes || states.some(state => !state || state.status === "preparing")) return;
        const seconds = (performance.now() - since) / 1000, isTime = isHurried || seconds >= secondsOfAStep;
        if (at < 0) { told.show(0); return; }
        if (at === 0) { if (isTime && states.every(state => state.forecast || state.noForecast)) told.begin(); return; }
        const hasEnded = hasBegun && states.every(state => state.status === "ended" || state.status === "failed");
        const last = lastOf(scenes[scenes.length - 1]), epoch = last ? last.epoch : 0;
        if (at + 1 < chosen.steps.length && isTime) {
          const { from } = chosen.steps[at + 1];
          if (from < 0 ? hasEnded : epoch >= from) told.show(at + 1);
        }
        if (at === chosen.steps.length - 1 && !ends.children.length) {
          next.hidden = true;
          html("p", "closer", ends, states.length > 1 ? "The commands that repeat it:" : "The command that repeats it:");
          for (const state of states) {
            const command = html("div", "command", ends), pre = html("pre", "", command);
            pre.tabIndex = 0;
            pre.setAttribute("aria-label", "Command that repeats it");
            sayCommand(html("code", "", pre), state.command);
            copying(button(command, "Copy", () => {}, "copy"), command);
          }
          clearInterval(timer);
        }
      },
    };
    story = null;
    time.isLive = true;
    time.isPlaying = false;
    while (scenes.length) leave(scenes.pop());
    if (await act("story", { name: chosen.name }) === null) { setCount(1); return; }
    story = told;
    side = 0;
    setCount(chosen.scenes);
    bound.checked = chosen.bound;
    speed.value = "";
    timer = setInterval(told.look, 500);
    told.look();
    host.scrollIntoView({ block: "nearest" });
  }

  (async () => {
    try {
      table = await (await ask("table", { cache: "no-store" })).json();
    } catch {
      tell(silence);
      return;
    }
    buildKnobs();
    html("span", "reading", $("stories"), "Stories");
    for (const one of table.stories) {
      const node = button($("stories"), one.title, () => tellStory(one), "story");
      node.dataset.story = one.name;
    }
    setCount(1);
  })();
})();
