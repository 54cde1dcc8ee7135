// Looks at a page as a reader does, and gives a line for each fault.
(() => {
  const faults = [], visible = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: false });
  const name = element => `${element.closest("[id]")?.id ?? ""} '${element.textContent.trim().slice(0, 40)}'`;

  // Lines of text with their boxes: those of HTML from ranges, cut by what scrolls around them; those of charts from their elements.
  const boxes = [];
  function add(element, box, text) {
    let { left, right, top, bottom } = box;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === "visible") continue;
      const frame = at.getBoundingClientRect();
      [left, right, top, bottom] = [Math.max(left, frame.left), Math.min(right, frame.right), Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    if (right - left > 1 && bottom - top > 1) {
      const isSticky = getComputedStyle(element.closest("th, .time") ?? element).position === "sticky";
      boxes.push({ left, right, top, bottom, element, text, isSticky });
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("svg,script,style,noscript,.skip,option") || !visible(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) add(element, box, node.data.trim());
  }
  for (const text of document.querySelectorAll("svg text")) {
    if (text.textContent.trim() && !text.closest("noscript") && visible(text)) {
      const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
      add(text, box, text.textContent);
      if (box.left < frame.left - 1.5 || box.right > frame.right + 1.5 || box.top < frame.top - 3 || box.bottom > frame.bottom + 3)
        faults.push(`text is cut by its chart: ${name(text)} of ${text.closest("[data-chart]")?.dataset.chart}`);
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  boxes.forEach((a, i) => {
    for (let k = i + 1; k < boxes.length && boxes[k].top < a.bottom - 2; k++) {
      const b = boxes[k], across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across <= 1.5 || down <= 3.5 || a.isSticky || b.isSticky) continue;
      // A line's box is higher than its letters: raised and lowered pieces reach into that of their own line.
      if (a.element.closest("sup,sub") || b.element.closest("sup,sub")) continue;
      if (a.element.parentElement === b.element || b.element.parentElement === a.element) continue;
      faults.push(`texts overlap: ${name(a.element)} and ${name(b.element)}`);
    }
  });

  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll *"));
    faults.push(`the page scrolls sideways, ${document.documentElement.scrollWidth} of ${width}: ${wide.slice(0, 3).map(e => e.tagName + "." + e.className)}`);
  }

  // Contrast of text with what it stands on: the nearest background that is not transparent.
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [r, g, b], a: a / 255 };
  };
  const linear = c => c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const over = ({ rgb, a }, below) => rgb.map((c, i) => a * c + (1 - a) * below[i]);
  function backgroundOf(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  }
  const told = new Set();
  for (const { element } of boxes) {
    const style = getComputedStyle(element), isChart = element instanceof SVGElement;
    // Values on the cells of a heat map stand on the cell.
    let below = backgroundOf(element);
    if (isChart && /\bon-(dark|light)\b/.test(element.getAttribute("class") ?? "")) {
      const box = element.getBoundingClientRect(), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      const holds = ({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom;
      const cell = [...element.ownerSVGElement.querySelectorAll("rect.value")].find(rect => holds(rect.getBoundingClientRect()));
      if (!cell) continue;
      below = rgba(getComputedStyle(cell).fill).rgb;
    }
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const ink = rgba(isChart ? style.fill : style.color), text = over({ rgb: ink.rgb, a: ink.a * opacity }, below);
    const [light, dark] = [luminance(text), luminance(below)].sort((a, b) => b - a), contrast = (light + 0.05) / (dark + 0.05);
    const key = `${text.map(Math.round)} on ${below.map(Math.round)}`;
    if (contrast < 4.5 && !told.has(key)) {
      told.add(key);
      faults.push(`contrast ${contrast.toFixed(2)} (${key}): ${name(element)}`);
    }
  }

  // What moves.
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (style.animationName !== "none" || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === "smooth") faults.push(`moves: ${name(element)}`);
  }

  // What can be used must be reached with the keyboard, and say what it is.
  for (const element of document.querySelectorAll("a[href],button,select,input,summary,svg[tabindex],[tabindex='0']")) {
    if (!visible(element)) continue;
    if (element.tabIndex < 0) faults.push(`not reached with the keyboard: ${name(element)}`);
    const label = element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent
      || document.getElementById(element.getAttribute("aria-labelledby"))?.textContent;
    if (!label || !label.trim()) faults.push(`has no name: ${element.outerHTML.slice(0, 80)}`);
  }
  for (const element of document.querySelectorAll("*")) {
    const { overflowX, overflowY } = getComputedStyle(element), scrolls = overflow => /auto|scroll/.test(overflow);
    const isCut = scrolls(overflowX) && element.scrollWidth > element.clientWidth + 1 || scrolls(overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (!isCut || !visible(element)) continue;
    if (element.tabIndex < 0) faults.push(`scrolls, but not with the keyboard: ${name(element)}`);
    if (element.matches(".scroll") && !element.nextElementSibling?.matches(".hint:not([hidden])")) faults.push(`no hint that it scrolls: ${name(element)}`);
  }

  // Captions name panels by their titles, never by their place, which depends on the width.
  const plain = text => text.replace(/\s+/g, " ").trim();
  for (const caption of document.querySelectorAll("figcaption, .caption")) {
    const text = plain(caption.textContent), figure = caption.closest("figure") ?? caption.parentElement;
    const place = text.match(/\b(left|right|middle|rows? differ|columns? in|top to bottom)\b|(^|[.;:,] )(above|below),/i);
    if (place) faults.push(`a caption names a place: ${text.slice(Math.max(0, place.index - 30), place.index + 40)}`);
    const without = (element, tag) => plain([...element.childNodes].filter(node => node.nodeName !== tag).map(node => node.textContent).join(""));
    const titles = [...figure.querySelectorAll("h4, svg text")].map(title => without(title, "SMALL"));
    for (const [, quoted] of text.matchAll(/‘([^’]+)’/g)) if (!titles.includes(plain(quoted))) faults.push(`no panel is called ‘${quoted}’`);
  }

  // Every series of the data is drawn, and named by a key.
  const data = JSON.parse(document.getElementById("charts")?.textContent ?? "{}");
  for (const host of document.querySelectorAll("[data-chart]")) {
    const chart = data[host.dataset.chart];
    if (!chart) continue;
    const texts = key => [...key.childNodes].filter(node => node.nodeName !== "OUTPUT").map(node => node.textContent).join("");
    const panels = [...host.querySelectorAll(".panel")], keys = new Set([...host.querySelectorAll(".key")].map(key => plain(texts(key))));
    const spoken = text => plain(text.replace(/[_^]\{([^{}]*)\}|[_^](\w)/g, "$1$2"));
    const needKey = text => { if (text && !keys.has(spoken(text))) faults.push(`no key for '${text}' in ${host.dataset.chart}`); };
    if (panels.length !== chart.panels.length) faults.push(`${host.dataset.chart} has ${panels.length} panels of ${chart.panels.length}`);
    chart.panels.forEach((panel, i) => {
      for (const { name, kind } of panel.series) [name, kind].forEach(needKey);
      for (const line of [...panel.levels, ...panel.marks]) needKey(line.name);
      if (!panels[i] || panels[i].hidden) return;
      const isIn = ({ log, low = -Infinity, high = Infinity }, value) => value !== null && (!log || value > 0) && value >= low && value <= high;
      panel.series.forEach(({ name, x, y, mark }, k) => {
        const isThere = x.some((at, j) => isIn(panel.x, at) && isIn(panel.y, y[j]) && (mark !== "bars" || y[j] > 0));
        const isDrawn = panels[i].querySelector(`svg[tabindex] [data-series="${k}"] :is(path, rect)`);
        if (isThere && !isDrawn) faults.push(`series ${k} '${name}' of panel '${panel.title}' is not drawn in ${host.dataset.chart}`);
      });
    });
  }
  return faults;
})()
