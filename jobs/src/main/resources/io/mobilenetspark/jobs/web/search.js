// Texts of tables and of the server are put into the page as texts, whatever is in them.

const byId = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const number = (value) => value.toLocaleString("en-US");

// The end of a path tells more than its beginning.
function split(name) {
  const end = name.replace(/\/+$/, "").split("/").pop() || name;
  return { end, start: name.slice(0, name.length - end.length) };
}

let facts = { k: 10, maxK: 1000, maxImageBytes: Infinity, thumbnails: false };
let running; // of the search that is waited for
const images = []; // those asked for since the page was loaded, which no address can hold

function tell(status, problem = "") {
  byId("status").textContent = status;
  byId("problem").textContent = problem;
}

async function ask(address, options = {}) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Error("The server does not answer. It may have been stopped, or have refused the image before all of it was sent.");
  }
  const answer = await response.json().catch(() => ({ error: `The server answers ${response.status}.` }));
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

// What is looked for is in the page's address, so that the browser's Back leads to what was looked for before.
function target() {
  const [kind, value] = location.hash.slice(1).split(/=(.*)/s);
  try {
    return { kind, value: decodeURIComponent(value ?? "") };
  } catch {
    return { kind: "", value: "" };
  }
}

function go(kind, value) {
  const hash = `#${kind}=${encodeURIComponent(value)}`;
  if (hash === location.hash) {
    search();
  } else {
    location.hash = hash;
  }
}

function countOf() {
  const k = Math.trunc(Number(byId("k").value));
  return k >= 1 && k <= facts.maxK ? k : facts.k;
}

async function search() {
  const { kind, value } = target();
  running?.abort();
  if (kind !== "id" && kind !== "image") {
    byId("result").hidden = true;
    tell("");
    return;
  }
  const image = kind === "image" ? images[Number(value)] : null;
  if (kind === "image" && !image) {
    byId("result").hidden = true;
    tell("That image is no longer here. Drop it again.");
    return;
  }
  const mine = (running = new AbortController());
  byId("id").value = kind === "id" ? value : "";
  document.body.classList.add("busy");
  tell("Searching …");
  try {
    const k = countOf();
    const answer = image
      ? await ask(`/api/neighbours?k=${k}`, { method: "POST", body: image, headers: { "Content-Type": "application/octet-stream" }, signal: mine.signal })
      : await ask(`/api/neighbours?k=${k}&id=${encodeURIComponent(value)}`, { signal: mine.signal });
    show(answer, image);
    const seconds = answer.seconds.toFixed(1);
    tell(`${number(answer.neighbours.length)} ${answer.neighbours.length === 1 ? "neighbour" : "neighbours"} in ${seconds} s`);
  } catch (error) {
    if (error.name !== "AbortError") {
      byId("result").hidden = true;
      tell("", error.message);
    }
  } finally {
    if (running === mine) {
      document.body.classList.remove("busy");
    }
  }
}

function none(text) {
  return make("span", { className: "none" }, text);
}

// An image that can't be shown gives way to the words.
function picture(address, text) {
  const image = make("img", { src: address, alt: "", loading: "lazy", decoding: "async", draggable: false });
  const delays = address.startsWith("blob:") ? [] : [3000, 15000]; // the server may be busy
  image.addEventListener("error", () => {
    const delay = delays.shift();
    if (delay === undefined) {
      image.replaceWith(none(text));
    } else {
      setTimeout(() => (image.src = address), delay);
    }
  });
  return image;
}

const thumbnail = (id) =>
  facts.thumbnails && id !== null ? picture(`/thumbnail?id=${encodeURIComponent(id)}`, "no thumbnail") : none("no thumbnail");

let preview; // of the image that was sent

function show(answer, image) {
  if (preview) {
    URL.revokeObjectURL(preview);
    preview = undefined;
  }
  if (image) {
    preview = URL.createObjectURL(image);
    byId("asked").replaceChildren(picture(preview, "this browser can’t show it"));
    byId("result-title").textContent = `Most like ${image.name || "the image"}`;
    byId("result-title").title = image.name;
  } else {
    const { id, label } = answer.query;
    byId("asked").replaceChildren(thumbnail(id));
    byId("result-title").textContent = `Most like ${split(id).end}${label === undefined ? "" : ` (${label})`}`;
    byId("result-title").title = id;
  }
  byId("notes").replaceChildren(...answer.notes.map((note) => make("li", {}, note)));
  byId("neighbours").replaceChildren(...answer.neighbours.map(card));
  byId("result").hidden = false;
  byId("result-title").focus({ preventScroll: true });
}

function card({ id, label, similarity }) {
  const name = id ?? "NULL";
  const { start, end } = split(name);
  const button = make(
    "button",
    { type: "button", className: "card", title: name, disabled: id === null },
    thumbnail(id),
    make("span", { className: "similarity" }, similarity.toFixed(4)),
    make("span", { className: "name" }, end),
    // Written from the right, so that its beginning is cut; the mark keeps its own direction.
    start ? make("span", { className: "where" }, make("bdi", {}, start)) : null,
    label === undefined ? null : make("span", { className: "label" }, label),
  );
  button.addEventListener("click", () => go("id", id));
  return make("li", {}, button);
}

function searchImage(file) {
  if (!file) {
    return;
  }
  if (file.size > facts.maxImageBytes) {
    tell("", `The image has ${number(file.size)} bytes, more than the ${number(facts.maxImageBytes)} that are read.`);
    return;
  }
  images.push(file);
  go("image", images.length - 1);
}

function listen() {
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = byId("id").value;
    const { kind } = target();
    if (id === "" && kind === "image") {
      search(); // with another number of neighbours
    } else {
      go("id", id);
    }
  });
  byId("file").addEventListener("change", ({ target: input }) => {
    searchImage(input.files[0]);
    input.value = ""; // so that the same file may be chosen again
  });
  document.addEventListener("paste", (event) => searchImage(event.clipboardData?.files[0]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) {
      document.body.classList.remove("dragging");
    }
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const file = event.dataTransfer.files[0];
    if (file) {
      searchImage(file);
    } else {
      tell("", "What was dropped is no file. Save the image first, or copy and paste it.");
    }
  });
  window.addEventListener("hashchange", search);
  byId("theme").addEventListener("click", () => {
    const { dataset } = document.documentElement;
    const isDark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = isDark ? "light" : "dark";
  });
}

async function start() {
  if (location.search) {
    history.replaceState(null, "", `/${location.hash}`); // the token is in a cookie now
  }
  listen();
  try {
    facts = await ask("/api/table");
  } catch (error) {
    tell("", error.message);
    return;
  }
  byId("table").textContent = [
    facts.table,
    facts.rows === undefined ? "" : `${number(facts.rows)} ${facts.rows === 1 ? "row" : "rows"}`,
    facts.model,
    facts.search,
  ]
    .filter(Boolean)
    .join(" · ");
  byId("k").max = facts.maxK;
  byId("k").value = facts.k;
  await search();
}

start();
