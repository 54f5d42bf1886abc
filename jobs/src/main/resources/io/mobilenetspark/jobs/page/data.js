// The page's data: JSON in one element, gzipped arrays and JPEGs in base64 in two others.

const TYPES = { i8: Int8Array, u16: Uint16Array, i32: Int32Array };

function element(id) {
  return document.getElementById(id).textContent;
}

export function bytesOf(base64) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(base64);
  }
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
}

async function unzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

// As PackedArrays of the command writes them.
function unpacked(buffer) {
  const headerBytes = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder();
  const header = JSON.parse(text.decode(new Uint8Array(buffer, 4, headerBytes)));
  const arrays = buffer.slice(4 + headerBytes); // typed arrays begin at multiples of their size
  const values = {};
  for (const [name, { type, offset, count }] of Object.entries(header)) {
    values[name] =
      type === "json"
        ? JSON.parse(text.decode(new Uint8Array(arrays, offset, count)))
        : new TYPES[type](arrays, offset, count);
  }
  return values;
}

export async function readData() {
  const summary = JSON.parse(element("summary"));
  const rows = unpacked(await unzipped(bytesOf(element("rows"))));
  const jpegs = bytesOf(element("thumbnails"));
  const starts = [];
  let start = 0;
  for (const length of rows.pictureBytes) {
    starts.push(start);
    start += length;
  }
  const addresses = new Map();
  return {
    summary,
    ...rows,
    count: rows.ids.length,
    points: rows.x.length,
    nameOf: (row) => rows.ids[row] ?? "NULL",
    labelOf: (row) => (rows.label[row] < 0 ? null : rows.labels[rows.label[row]]),
    kindsOf: (row) => summary.kinds.filter((_, kind) => (rows.findings[row] >>> kind) & 1),
    problemOf: (row) => rows.problems[row],
    // Made when first shown: the address of a picture, or null.
    pictureOf(row) {
      const picture = rows.picture[row];
      if (picture < 0) {
        return null;
      }
      if (!addresses.has(picture)) {
        const from = starts[picture];
        const jpeg = jpegs.subarray(from, from + rows.pictureBytes[picture]);
        addresses.set(picture, URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" })));
      }
      return addresses.get(picture);
    },
  };
}
