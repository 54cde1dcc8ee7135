// The library, on a thread of its own: answers what the page asks, and trains a little between two questions.
import { dotnet } from "./_framework/dotnet.js";

const { getAssemblyExports, getConfig, setModuleImports } = await dotnet.create();
const library = (await getAssemblyExports(getConfig().mainAssemblyName)).RankCollapse.Browser.Program;

// Questions for what is not there yet.
let waiting = [], timer = 0, isLooking = false;
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
// The library calls this whenever there is something new, also in the midst of training.
function look() {
  if (isLooking) return;
  isLooking = true;
  waiting = waiting.filter(({ id, query }) => !answer(id, news(query)));
  isLooking = false;
}
function work() {
  const wait = library.Work();
  timer = wait < 0 ? 0 : setTimeout(work, wait);
}
function goOn() {
  clearTimeout(timer);
  timer = setTimeout(work);
}

addEventListener("message", ({ data: { id, path, content } }) => {
  const [name, query] = path.split("?");
  if (content !== undefined) answer(id, () => library.Change(name, content));
  else if (name === "frames") waiting.push({ id, query: new URLSearchParams(query) });
  else answer(id, () => library.Part(name));
  look();
  goOn();
});
setModuleImports("worker.js", { look });
library.Begin();
goOn();
postMessage({ id: 0, ok: true, content: "" });
