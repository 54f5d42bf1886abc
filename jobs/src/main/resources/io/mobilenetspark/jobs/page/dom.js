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
  return make("span", { class: "none", title: problem ?? "" }, problem ? "can’t be read" : "no thumbnail");
}

export function say(text) {
  byId("status").textContent = text;
}

export async function copy(texts) {
  const text = texts.join("\n");
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { value: text, class: "unseen" });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy"); // where a page may not use the clipboard otherwise
    area.remove();
  }
  say(`Copied ${counted(texts.length, "id")}.`);
}

export function copyButton(caption, texts) {
  const button = make("button", { type: "button", class: "copy" }, caption);
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    await copy(texts());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = caption), 1200);
  });
  return button;
}
