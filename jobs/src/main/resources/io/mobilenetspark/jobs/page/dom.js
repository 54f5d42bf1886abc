// Elements, whose texts are texts whatever is in them.

export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") {
      made.className = value;
    } else if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (name.includes("-") || name === "role" || name === "for") {
      made.setAttribute(name, value);
    } else {
      made[name] = value;
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

export const number = (value) => value.toLocaleString("en-US");

export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

const TITLES = {
  near_duplicate: "Near-duplicates",
  leak: "Leaks between splits",
  suspect_label: "Suspect labels",
  outlier: "Outliers",
  dark: "Dark",
  bright: "Bright",
  blurred: "Blurred",
  tiny: "Tiny",
  odd_aspect: "Long and narrow",
  unreadable: "Unreadable",
};

export const titleOf = (kind) => (Object.hasOwn(TITLES, kind) ? TITLES[kind] : kind);

// The end of a path tells more than its beginning.
export function shortName(name) {
  const end = name.replace(/\/+$/, "").split("/").pop() || name;
  return end.length > 60 ? `…${end.slice(-59)}` : end;
}

export function picture(data, row) {
  const address = data.pictureOf(row);
  if (address) {
    return make("img", { src: address, alt: "", loading: "lazy", decoding: "async", draggable: false });
  }
  const problem = data.problemOf(row);
  return make("span", { class: "none", title: problem ?? "" }, problem ? "could not be read" : "no thumbnail");
}

const SAID_MILLISECONDS = 6000;
let saidUntil;

// Says it until something else is said. The dialog has a status of its own: of one behind it nothing is seen or read out.
export function tell(text) {
  clearTimeout(saidUntil);
  for (const status of document.querySelectorAll('[role="status"]')) {
    status.textContent = text;
  }
}

// Says it for a few seconds.
export function say(text) {
  tell(text);
  saidUntil = setTimeout(() => tell(""), SAID_MILLISECONDS);
}

// What ends a line for some reader of a list, or moves what comes after it.
const BREAKS_LINE = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

// The ids that can be copied, one a line, and what to say of the others. Rows whose id is NULL have none. A file's name may
// have a line break in it, behind which another file's name would stand in a list that is read line by line.
export function copied(ids) {
  const known = ids.filter((id) => id !== null);
  const lines = known.filter((id) => !BREAKS_LINE.test(id));
  const without = ids.length - known.length;
  const broken = known.length - lines.length;
  const left = without ? ` ${counted(without, "row")} without an id left out.` : "";
  const hostile = broken ? ` ${counted(broken, "id")} with line breaks or control characters left out.` : "";
  return { lines, left: left + hostile };
}

// Copies ids, one a line, and says how many.
export async function copy(ids) {
  const { lines, left } = copied(ids);
  if (lines.length === 0) {
    say(`Nothing to copy.${left}`);
    return false;
  }
  const isCopied = await copyText(lines.join("\n"));
  const done = isCopied ? `Copied ${counted(lines.length, "id")}.` : "Copy failed: select and copy by hand.";
  say(done + left);
  return isCopied;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromArea(text); // where a page may not use the clipboard otherwise
  }
}

// If that fails the text stays, selected, until the focus goes elsewhere.
function copyFromArea(text) {
  const before = document.activeElement;
  const area = make("textarea", { value: text, class: "by-hand", readOnly: true, "aria-label": "Ids to copy by hand" });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  if (isCopied) {
    area.remove();
    before?.focus();
  } else {
    area.addEventListener("blur", () => area.remove(), { once: true });
  }
  return isCopied;
}

export function copyButton(caption, ids) {
  const button = make("button", { type: "button", class: "copy" }, caption);
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    if (await copy(ids())) {
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = caption), 1200);
    }
  });
  return button;
}
