// What lays points out by UMAP, beside the page, which stays at hand meanwhile. umap-js stands before it.

const NEIGHBOURS = 15; // as UMAP has it
const JITTER = 0.01; // of a square of 20: umap-js sends what is in one place off along the diagonal
const TOLD_MILLISECONDS = 200;

// The same numbers in each run: Mulberry32.
function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// The nearest of each point, itself first, as umap-js takes them: all are compared.
function neighbours(components, count, axes, wanted, tell) {
  const indices = [];
  const distances = [];
  for (let row = 0; row < count; row++) {
    const nearest = [row];
    const squares = [-1]; // before copies of it
    for (let other = 0; other < count; other++) {
      let sum = 0;
      for (let axis = 0; axis < axes; axis++) {
        const difference = components[row * axes + axis] - components[other * axes + axis];
        sum += difference * difference;
      }
      if (other !== row && (nearest.length < wanted || sum < squares[wanted - 1])) {
        let place = nearest.length;
        while (sum < squares[place - 1]) {
          place--;
        }
        nearest.splice(place, 0, other);
        squares.splice(place, 0, sum);
        nearest.length = squares.length = Math.min(wanted, nearest.length);
      }
    }
    indices.push(nearest);
    distances.push(squares.map((square) => Math.sqrt(Math.max(0, square))));
    tell(row / count);
  }
  return { indices, distances };
}

function laidOut({ components, count, starts }, tell) {
  const wanted = Math.min(NEIGHBOURS, count - 1);
  const { indices, distances } = neighbours(components, count, components.length / count, wanted, (part) => tell(0.3 * part));
  const random = randomFrom(42);
  const umap = new UMAP.UMAP({ nNeighbors: wanted, random });
  umap.setPrecomputedKNN(indices, distances);
  const epochs = umap.initializeFit(indices); // of which it takes the length alone, as neighbours are known
  const places = umap.getEmbedding();
  places.forEach((place, i) => {
    place[0] = starts[2 * i] + JITTER * (random() - 0.5); // where principal components have it, or almost
    place[1] = starts[2 * i + 1] + JITTER * (random() - 0.5);
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    tell(0.5 + (0.5 * epoch) / epochs);
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

onmessage = ({ data }) => {
  let told = performance.now();
  const places = laidOut(data, (part) => {
    if (performance.now() - told > TOLD_MILLISECONDS) {
      told = performance.now();
      postMessage({ part });
    }
  });
  postMessage({ places });
};
