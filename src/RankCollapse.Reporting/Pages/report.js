// What a page does besides its charts: themes, and copying commands.
(() => {
  const root = document.documentElement;

  function themes() {
    const button = document.getElementById("theme");
    if (!button) return;
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

  function copying(button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.closest(".command").querySelector("code").textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select it by hand";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // Says after a table that is cut that it goes on, because bars that scroll are often hidden.
  function hinting(region) {
    const hint = document.createElement("p");
    hint.className = "hint";
    region.after(hint);
    const look = () => {
      const isWide = region.scrollWidth > region.clientWidth + 1, isLong = region.scrollHeight > region.clientHeight + 1;
      hint.hidden = !isWide && !isLong;
      hint.textContent = isWide ? "The table is wider than the page: scroll it sideways, with the arrow keys too."
        : "The table is longer than its frame: scroll it, with the arrow keys too.";
    };
    const observer = new ResizeObserver(look);
    observer.observe(region);
    for (const child of region.children) observer.observe(child);
    look();
  }

  themes();
  document.querySelectorAll(".scroll[tabindex]").forEach(hinting);
  if (navigator.clipboard) document.querySelectorAll(".copy").forEach(copying);
  const data = document.getElementById("charts");
  if (!data) return;
  const charts = JSON.parse(data.textContent);
  for (const host of document.querySelectorAll("[data-chart]")) {
    if (charts[host.dataset.chart]) new Chart(host, charts[host.dataset.chart]);
  }
})();
