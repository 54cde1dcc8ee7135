(() => {
  const { number } = Chart;
  const $ = id => document.getElementById(id);
  const stateNames = ["done", "failed", "damaged", "leased", "pending", "unfinished", "cancelled"];
  const stateWords = { leased: "training", unfinished: "not ended" };
  const word = state => stateWords[state] || state;
  // What is chosen is kept in the address, so that it can be reloaded and sent.
  const chosen = new URLSearchParams(location.hash.slice(1));
  let state = null, grid = null, map = null, cell = null, charts = new Map(), shownCurve = "", failures = 0, timer = 0;

  const choose = (key, value) => {
    if (value === null || value === "") chosen.delete(key); else chosen.set(key, value);
    history.replaceState(null, "", `#${chosen}`);
  };

  async function ask(name, parameters) {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, v]) => v !== null && v !== undefined && v !== ""));
    const response = await fetch(`${name}?${query}`, { cache: "no-store" });
    if (response.status === 204) return null;
    if (!response.ok) throw new Error((await response.text()).trim());
    return response.json();
  }

  function fill(select, options, value) {
    const wanted = options.map(o => `${o.value}\t${o.text}`).join("\n");
    if (select.dataset.options !== wanted) {
      select.replaceChildren(...options.map(o => new Option(o.text, o.value)));
      select.dataset.options = wanted;
    }
    select.value = options.some(o => o.value === value) ? value : options.length ? options[0].value : "";
    return select.value;
  }
  const plain = names => names.map(name => ({ value: name, text: name }));
  const request = () => ({ view: state.view, x: $("x").value, y: $("y").value, metric: $("metric").value, layer: isOfLayers() ? $("layer").value : null });
  const isOfLayers = () => state.layerMetrics.includes($("metric").value);
  const count = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;

  function showProgress() {
    const counts = state.counts, total = state.trials, of = s => counts[s] || 0;
    const ended = of("done") + of("failed") + of("damaged");
    document.title = `${ended}/${total} ${state.name} · RankCollapse`;
    $("subject").textContent = state.isSweep ? "sweep" : "folder";
    const progress = state.isSweep ? `${ended.toLocaleString("en")} of ${count(total, "trial")} ended` : count(total, "run");
    $("progress-heading").textContent = `${state.name}: ${progress}`;
    const parts = [];
    if (of("leased")) parts.push(`${of("leased")} training`);
    if (of("failed") + of("damaged")) parts.push(`${of("failed") + of("damaged")} failed`);
    if (ended === total) parts.push("Nothing is left to do.");
    else if (state.perMinute) parts.push(`${number(Number(state.perMinute.toPrecision(3)))} in a minute`);
    if (state.left) parts.push(`about ${state.left} left`);
    $("pace").textContent = parts.join(" · ") || "Nothing is trained at the moment.";
    $("pace").className = `convergence ${of("failed") + of("damaged") ? "open" : ended === total ? "good" : ""}`;
    const present = stateNames.filter(s => of(s));
    $("bar").replaceChildren(...present.map(s => {
      const part = document.createElement("i");
      part.className = `is-${s}`;
      part.style.setProperty("width", `${100 * of(s) / total}%`);
      return part;
    }));
    $("bar").setAttribute("aria-label", present.map(s => `${of(s)} ${word(s)}`).join(", ") || "no trials");
    $("states").replaceChildren(...present.map(s => {
      const item = document.createElement("li"), swatch = document.createElement("i");
      swatch.className = `is-${s}`;
      item.append(swatch, `${of(s).toLocaleString("en")} ${word(s)}`);
      return item;
    }));
    fill($("state"), [{ value: "", text: "any" }, ...present.map(s => ({ value: s, text: word(s) }))], chosen.get("state") || "");
  }

  function showChoices() {
    fill($("view"), state.views.map(v => ({ value: v.id, text: v.name })), state.view);
    fill($("metric"), [...state.metrics, ...state.layerMetrics].map(m => ({ value: m, text: state.headings[m] || m })), chosen.get("metric") || "objective");
    fill($("layer"), plain(["last", "max", "min", ...Array.from({ length: state.depth }, (_, i) => String(i + 1))]), chosen.get("layer") || "last");
    $("layer-choice").hidden = !isOfLayers();
    const names = state.names.filter(n => n !== "seed" && n !== "dataSeed").concat(state.names.filter(n => n === "seed" || n === "dataSeed"));
    const x = fill($("x"), [...plain(names), { value: "", text: "–" }], chosen.has("x") ? chosen.get("x") : names[0] || "");
    fill($("y"), [...plain(names.filter(n => n !== x)), { value: "", text: "–" }], chosen.has("y") ? chosen.get("y") : names.find(n => n !== x) || "");
  }

  const found = at => at && grid && grid.cells.find(c => c[0] === at[0] && c[1] === at[1]);
  const axes = () => grid.chart.panels[0];
  const nameOf = at => ["x", "y"].filter(axis => $(axis).value).map(axis => `${$(axis).value} ${axes()[axis].labels[at[axis === "x" ? 0 : 1]]}`).join(", ");

  function describe(row, column) {
    const at = [column, row], here = found(at);
    return here
      ? `${nameOf(at) || "all"}: ${here[3]} of ${count(here[2], "trial")} ended${here[4] === null ? "" : `, median ${number(here[4])}`}`
      : `${nameOf(at)}: no trial`;
  }

  function chooseCell(at) {
    cell = at;
    $("all-cells").hidden = !cell;
    showTrials();
  }

  async function showGrid() {
    grid = await ask("grid", request());
    const choose = (row, column) => { if (row === null || found([column, row])) chooseCell(row === null ? null : [column, row]); };
    if (map) map.update(grid.chart);
    else map = new Chart($("heat"), grid.chart, { describe, choose });
  }

  async function showTrials() {
    const answer = await ask("trials", { ...request(), state: $("state").value, ...(cell ? { cellX: cell[0], cellY: cell[1] } : {}) });
    $("value-heading").textContent = (state.headings[$("metric").value] || "value") + (isOfLayers() ? `, layer ${$("layer").value}` : "");
    const shown = answer.total > answer.trials.length ? `, the first ${answer.trials.length} are shown` : "";
    $("found").textContent = `${cell ? `${nameOf(cell)}: ` : ""}${count(answer.total, "trial")}${shown}`;
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.trial : undefined;
    $("rows").replaceChildren(...answer.trials.map(trial => {
      const row = document.createElement("tr"), head = document.createElement("th"), button = document.createElement("button");
      head.scope = "row";
      button.type = "button";
      button.dataset.trial = trial.id;
      button.textContent = trial.settings || trial.id;
      button.addEventListener("click", () => { choose("trial", trial.id); showCurve(true); });
      head.append(button);
      row.append(head);
      const end = trial.state === "done" ? trial.status || "done" : word(trial.state);
      for (const textContent of [end, number(trial.value)]) row.append(Object.assign(document.createElement("td"), { textContent }));
      if (trial.reason) row.title = trial.reason;
      if (trial.id === chosen.get("trial")) row.setAttribute("aria-current", "true");
      return row;
    }));
    if (focused) { const again = $("rows").querySelector(`[data-trial="${CSS.escape(focused)}"]`); if (again) again.focus({ preventScroll: true }); }
  }

  async function showCurve(isNew) {
    const id = chosen.get("trial");
    $("curves").hidden = !id;
    if (!id) return;
    for (const row of $("rows").children) row.toggleAttribute("aria-current", false);
    const current = $("rows").querySelector(`[data-trial="${CSS.escape(id)}"]`);
    if (current) current.closest("tr").setAttribute("aria-current", "true");
    const answer = await ask("curve", { view: state.view, trial: id });
    const { trial } = answer;
    $("chosen").textContent = [trial.settings, trial.id, trial.state === "done" ? trial.status : word(trial.state)].filter(Boolean).join(" · ");
    $("reason").hidden = !trial.reason && Object.keys(answer.charts).length > 0;
    const reasons = { leased: "The first point is still to come.", pending: "This trial has not begun." };
    $("reason").textContent = trial.reason || reasons[trial.state] || "There are no curves of this trial.";
    const host = $("charts-host");
    for (const [name, colour] of Object.entries(answer.colours)) host.style.setProperty(`--${name}`, colour);
    if (shownCurve !== id) { host.replaceChildren(); charts = new Map(); }
    shownCurve = id;
    for (const [name, data] of Object.entries(answer.charts)) {
      if (charts.has(name)) { charts.get(name).update(data); continue; }
      const box = document.createElement("div"), title = document.createElement("h3");
      box.className = "chart";
      box.dataset.chart = name;
      title.textContent = state.headings[name] || name;
      host.append(title, box);
      charts.set(name, new Chart(box, data));
    }
    $("files").replaceChildren(...answer.files.flatMap(file => {
      const link = document.createElement("a");
      link.href = file.address;
      link.rel = "noopener noreferrer";
      link.textContent = file.name;
      return [link, " "];
    }));
    if (isNew) { $("curves").scrollIntoView({ block: "start" }); $("curves-heading").focus({ preventScroll: true }); }
  }

  function tell(problem) {
    $("problem").hidden = !problem;
    $("problem").textContent = problem || "";
  }

  async function look(isForced) {
    clearTimeout(timer);
    try {
      const answer = await ask("state", { view: chosen.get("view"), known: state && !isForced ? state.version : null });
      failures = 0;
      if (answer && !answer.view) {
        $("progress-heading").textContent = "There is no sweep and no run here yet.";
      } else if (answer) {
        state = answer;
        showChoices();
        showProgress();
        await Promise.all([showGrid(), showTrials()]);
      }
      const isTraining = chosen.get("trial") && !$("curves").hidden && charts.size + (shownCurve ? 1 : 0) > 0;
      if (state && chosen.get("trial") && (answer || isTraining && state.counts.leased)) await showCurve(false);
      tell(state && state.problem);
    } catch (error) {
      failures++;
      tell(error instanceof TypeError ? "The server does not answer; is rankcollapse serve still running?" : error.message);
    }
    timer = setTimeout(look, document.hidden ? 10000 : Math.min(1000 * 2 ** failures, 15000));
  }

  const changed = key => event => {
    choose(key, event.target.value);
    if (key !== "state") { cell = null; $("all-cells").hidden = true; }
    if (key === "view") for (const other of ["x", "y", "trial", "state"]) choose(other, null);
    if (key === "x" || key === "y") chosen.set(key, event.target.value);
    look(true);
  };
  for (const key of ["view", "metric", "layer", "x", "y", "state"]) $(key).addEventListener("change", changed(key));
  $("all-cells").addEventListener("click", () => chooseCell(null));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  look(true);
})();
