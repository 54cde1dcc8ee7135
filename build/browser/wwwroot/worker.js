// The library, on a thread of its own: answers what the page asks, and trains a little between two questions.
import { dotnet } from "./_framework/dotnet.js";

const { getAssemblyExports, getConfig } = await dotnet.create();
const library = (await getAssemblyExports(getConfig().mainAssemblyName)).RankCollapse.Browser.Program;

// Questions for what is not there yet.
let waiting = [], timer = 0;
const answer = (id, work) => {
  try {
    const content = work();
    if (content === null) return false;
    postMessage({ id, ok: true, content });
  } catch (error) {
    postMessage({ id, ok: false, content: error.message });
  }
  return true;
};
const number = (query, name) => Number(query.get(name) ?? -1);
const news = query => () => {
  const bytes = library.News(number(query, "scene"), number(query, "version"), number(query, "generation"), number(query, "after"));
  return bytes.length ? bytes : null;
};
function look() {
  waiting = waiting.filter(({ id, query }) => !answer(id, news(query)));
}
function work() {
  const wait = library.Work();
  look();
  timer = wait < 0 ? 0 : setTimeout(work, wait);
}
function goOn() {
  clearTimeout(timer);
  timer = setTimeout(work);
}
// Forecasts come by themselves.
setInterval(look, 100);

addEventListener("message", ({ data: { id, path, content } }) => {
  const [name, query] = path.split("?");
  if (content !== undefined) answer(id, () => library.Change(name, content));
  else if (name === "frames") waiting.push({ id, query: new URLSearchParams(query) });
  else answer(id, () => library.Part(name));
  look();
  goOn();
});
postMessage({ id: 0, ok: true, content: "" });
