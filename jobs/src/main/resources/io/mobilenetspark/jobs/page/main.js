import { isDark } from "./colours.js";
import { readData } from "./data.js";
import { Details } from "./details.js";
import { byId, counted, make, number, tell } from "./dom.js";
import { Gallery } from "./gallery.js";
import { PointMap } from "./map.js";

function facts(list, pairs) {
  for (const [term, value] of pairs) {
    if (value !== null && value !== undefined && value !== "") {
      list.append(make("dt", {}, term), make("dd", {}, String(value)));
    }
  }
}

function fillSummary({ summary, problems }) {
  const audited = summary.audited;
  const findings = Object.values(audited?.findings ?? {}).reduce((sum, count) => sum + count, 0);
  const tiles = [
    [number(summary.rows), "rows"],
    [number(summary.vectors), "with vectors"],
    [audited ? number(findings) : "–", audited ? "findings" : "not audited"],
    [audited ? number(audited.duplicate_groups) : "–", "duplicate groups"],
  ];
  byId("tiles").append(...tiles.map(([value, name]) => make("li", {}, make("b", {}, value), ` ${name}`)));
  facts(byId("facts"), [
    ["Table", summary.table],
    ["Audit", summary.audit],
    ["Ids", summary.idColumn],
    ["Labels", summary.labels],
    ["Split", audited?.split],
    ["Images", summary.images],
    ["Neighbours", audited?.k],
    ["Seconds", audited?.elapsed_seconds?.toFixed(1)],
    ["Versions", Object.entries(summary.versions).map((pair) => pair.join(" ")).join(", ")],
    ...Object.entries(summary.facts).map(([name, value]) => [name.replace(/^mobilenet\./, ""), value]),
  ]);
  facts(byId("thresholds"), Object.entries(audited?.thresholds ?? {}).map(([name, value]) => [name.replaceAll("_", " "), value]));
  byId("thresholds-title").hidden = !audited;
  const notes = [];
  if (summary.unreadable > 0) {
    const have = summary.unreadable === 1 ? "has" : "have";
    const isLimit = Object.values(problems).some((problem) => problem.startsWith("TOO_")); // statuses of images past a limit
    const cure = isLimit ? "; pass the limits that embed had, if these are larger" : "";
    notes.push(`${counted(summary.unreadable, "image")} could not be read, and ${have} no thumbnail here${cure}.`);
  }
  if (summary.missing > 0) {
    notes.push(`Findings name ${counted(summary.missing, "row")} that the table no longer has.`);
  }
  if (!summary.images) {
    notes.push("The images were not read: there are no thumbnails.");
  }
  if (audited && !audited.images && !audited.image_stats) {
    notes.push("The audit did not look at the images: dark, bright and blurred ones are not among its findings.");
  }
  byId("notes").append(...notes.map((note) => make("li", {}, note)));
}

function fillMapNote({ summary }) {
  const part = (value) => `${Math.round(value * 100)} %`;
  const which =
    summary.points < summary.vectors
      ? `${number(summary.points)} of ${number(summary.vectors)} rows with vectors: all whose findings are shown, and a sample (seed ${summary.seed})`
      : `All ${counted(summary.points, "row")} with vectors`;
  byId("map-note").textContent =
    `${which}, along the two directions in which the vectors differ most (${part(summary.explained[0])} and ${part(summary.explained[1])} of their variance). What is near here may differ in other directions.`;
}

function fillColours({ summary, labels }) {
  const colour = byId("colour");
  const ways = [];
  if (labels.length) {
    ways.push(["label", "label"]);
  }
  if (summary.audited) {
    ways.push(["finding", "finding"]);
  }
  ways.push(["cluster", "cluster"]);
  colour.append(...ways.map(([value, name]) => make("option", { value }, name)));
}

function listenToTheme(map) {
  byId("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    map.paint();
  });
}

async function start() {
  const data = await readData();
  document.querySelector("h1").textContent = document.title;
  fillSummary(data);
  fillMapNote(data);
  fillColours(data);
  const map = new PointMap(data);
  const details = new Details(data, (row) => map.show(row));
  map.onOpen = (row, list) => details.open(row, list);
  new Gallery(data, details);
  byId("findings").hidden = !data.summary.audited;
  byId("findings-link").hidden = !data.summary.audited;
  listenToTheme(map);
  document.documentElement.dataset.ready = Math.round(performance.now());
}

start().catch((error) => {
  tell(`The page can’t be shown: ${error.message}. It needs a browser of 2023 or later.`);
  throw error;
});
