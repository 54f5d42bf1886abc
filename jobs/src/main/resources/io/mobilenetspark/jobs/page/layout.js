import { GRID } from "./points.js";

// Another layout of some of the points: UMAP, which has near what is alike, and says nothing of what is far.

const LEAST_POINTS = 10; // of fewer there is nothing to lay out
const REACH = 10; // of where points start: umap-js starts from a square of this size

// Not if all are in one place, where the middle of each axis is.
export const canLayOut = (data) => data.points >= LEAST_POINTS && data.components.some((component) => component !== 0);

// Evenly out of all, which are in no order but that those with findings are the last.
function sampleOf(data, most) {
  const count = Math.min(most, data.points);
  return Array.from({ length: count }, (_, i) => Math.floor((i * data.points) / count));
}

// Lays out at most so many points, in a thread of its own. Resolves to places as those of the data: x, y, and whether a point has
// one.
export function layOut(data, most, tell) {
  const rows = sampleOf(data, most);
  const axes = data.components.length / data.points;
  const components = new Int8Array(rows.length * axes);
  const starts = new Float32Array(2 * rows.length);
  rows.forEach((row, i) => {
    components.set(data.components.subarray(row * axes, (row + 1) * axes), i * axes);
    starts[2 * i] = (data.x[row] / GRID - 0.5) * 2 * REACH;
    starts[2 * i + 1] = (data.y[row] / GRID - 0.5) * 2 * REACH;
  });
  const address = URL.createObjectURL(new Blob([document.getElementById("layout-worker").textContent]));
  return new Promise((resolve, reject) => {
    const worker = new Worker(address);
    const end = () => {
      worker.terminate();
      URL.revokeObjectURL(address);
    };
    worker.onerror = (event) => {
      end();
      reject(new Error(event.message ?? "no worker could be started"));
    };
    worker.onmessage = (event) => {
      if (event.data.places) {
        end();
        resolve(placed(data, rows, event.data.places));
      } else {
        tell(event.data.part);
      }
    };
    worker.postMessage({ components, starts, count: rows.length });
  });
}

// On the map's square, with one scale in both directions.
function placed(data, rows, places) {
  const least = [Infinity, Infinity];
  const most = [-Infinity, -Infinity];
  places.forEach((place, i) => {
    least[i % 2] = Math.min(least[i % 2], place);
    most[i % 2] = Math.max(most[i % 2], place);
  });
  const side = Math.max(most[0] - least[0], most[1] - least[1]) || 1;
  const x = new Uint16Array(data.points);
  const y = new Uint16Array(data.points);
  const isPlaced = new Uint8Array(data.points);
  const onGrid = (i) => ((places[i] - (least[i % 2] + most[i % 2]) / 2) / side + 0.5) * GRID;
  rows.forEach((row, i) => {
    x[row] = onGrid(2 * i);
    y[row] = onGrid(2 * i + 1);
    isPlaced[row] = 1;
  });
  return { x, y, isPlaced, count: rows.length };
}
