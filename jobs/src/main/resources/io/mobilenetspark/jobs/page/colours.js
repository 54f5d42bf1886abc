// Which colour a point has: by its label, its cluster or the first of its findings.
import { titleOf } from "./dom.js";

const LIGHT = ["#2f6fb5", "#d9600a", "#1d8a43", "#c0272d", "#7b52b9", "#8a5a2b", "#d44fa0", "#7d8a00", "#0794a8", "#4a4fcf"];
const DARK = ["#6fb1f5", "#ff9d52", "#5fd385", "#ff7f7f", "#b998f2", "#d6a16f", "#ff8fcf", "#cbd54a", "#4fd6e8", "#9a9eff"];
// Of what is in another category than these, and of what is in none.
const GREYS = { light: ["#5b646f", "#9aa3ad"], dark: ["#9fa9b4", "#5d6772"] };

export function isDark() {
  const set = document.documentElement.dataset.theme;
  return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function components(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// The categories of a way to colour: { index, name }, and each point's; the last two are others and none.
export function categories(data, by) {
  if (by === "cluster") {
    return numbered(data, (row) => data.cluster[row], (i) => `Cluster ${i + 1}`, "Other clusters", "No cluster");
  }
  if (by === "finding") {
    const first = (row) => (data.findings[row] ? 31 - Math.clz32(data.findings[row] & -data.findings[row]) : -1);
    return numbered(data, first, (i) => titleOf(data.summary.kinds[i]), "Other findings", "No finding");
  }
  const counts = new Uint32Array(data.labels.length);
  for (let row = 0; row < data.points; row++) {
    if (data.label[row] >= 0) {
      counts[data.label[row]]++;
    }
  }
  const order = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
  const place = new Int32Array(counts.length);
  order.forEach((label, i) => (place[label] = i));
  const at = (row) => (data.label[row] < 0 ? -1 : place[data.label[row]]);
  return numbered(data, at, (i) => data.labels[order[i]], "Other labels", "No label");
}

function numbered(data, categoryOf, nameOf, others, none) {
  const most = LIGHT.length;
  const of = new Uint8Array(data.points);
  const counts = new Uint32Array(most + 2);
  for (let row = 0; row < data.points; row++) {
    const category = categoryOf(row);
    of[row] = category < 0 ? most + 1 : Math.min(category, most);
    counts[of[row]]++;
  }
  const list = [];
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0) {
      list.push({ index: i, name: i < most ? nameOf(i) : [others, none][i - most] });
    }
  }
  return { of, list };
}

export function colourOf(category) {
  return (isDark() ? [...DARK, ...GREYS.dark] : [...LIGHT, ...GREYS.light])[category];
}

// Red, green, blue and opacity of each category, the greys less opaque than the colours.
export function palette() {
  const count = LIGHT.length + GREYS.light.length;
  return Array.from({ length: count }, (_, i) => [...components(colourOf(i)), i < LIGHT.length ? 220 : 130]);
}
