
// The table of layers: sorting, hidden columns, a filter.
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];

  const value = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return cell.classList.contains("missing") ? null : cell.textContent;
  };

  // What does not exist comes last in both directions.
  function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
  }

  function sort(column) {
    const heading = headings[column];
    const first = typeof value(body.rows[0] || { cells: [] }, column) === "string" || column === 0 ? "ascending" : "descending";
    const direction = heading.ariaSort === first ? (first === "ascending" ? "descending" : "ascending") : first;
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row, i) => ({ row, i, key: value(row, column) }));
    rows.sort((a, b) => compare(a.key, b.key, sign) || a.i - b.i);
    body.append(...rows.map(entry => entry.row));
  }

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => { if (body.rows.length > 0) sort(column); });
    heading.append(button);
  });

  const all = document.getElementById("columns");
  all.hidden = false;
  all.addEventListener("click", () => {
    const pressed = table.classList.toggle("all");
    all.setAttribute("aria-pressed", String(pressed));
    all.textContent = pressed ? "Fewer columns" : "All columns";
  });

  const filter = document.getElementById("filter");
  filter.hidden = false;
  filter.addEventListener("input", () => {
    const text = filter.value.toLowerCase();
    for (const row of body.rows) row.hidden = !row.cells[1].textContent.toLowerCase().includes(text);
    document.querySelectorAll(".card").forEach(card => { card.hidden = !card.querySelector("h3").textContent.toLowerCase().includes(text); });
  });
})();
