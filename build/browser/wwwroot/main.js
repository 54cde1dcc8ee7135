// Loads the library when it is asked to, and puts the page of rankcollapse play in the place of this one.
const button = document.getElementById("load"), said = document.getElementById("said");

function start() {
  const questions = new Map();
  const worker = new Worker("worker.js", { type: "module" });
  const settle = ({ id, ok, content }) => {
    questions.get(id)?.(ok ? new Response(content) : new Response(content, { status: 400 }));
    questions.delete(id);
  };
  const ready = new Promise((done, fail) => {
    questions.set(0, done);
    worker.addEventListener("error", event => fail(new Error(event.message || "The library could not be loaded.")));
  });
  worker.addEventListener("message", event => settle(event.data));
  let newest = 0;
  // As fetch does, but the library answers.
  window.askLibrary = (path, { body, signal } = {}) => new Promise((done, fail) => {
    const id = ++newest;
    questions.set(id, done);
    signal?.addEventListener("abort", () => {
      questions.delete(id);
      fail(signal.reason);
    });
    worker.postMessage({ id, path, content: body });
  });
  return ready;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "Loading the library …";
  try {
    await start();
    const part = async name => (await window.askLibrary(name)).text();
    const [html, css, script] = await Promise.all(["", "play.css", "play.js"].map(part));
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const node of page.querySelectorAll("script")) node.remove();
    document.getElementById("style").textContent = css;
    document.title = page.title;
    document.body.replaceWith(page.body);
    document.body.append(Object.assign(document.createElement("script"), { textContent: script }));
  } catch (error) {
    said.textContent = `The library could not be loaded: ${error.message}`;
    button.disabled = false;
  }
});
