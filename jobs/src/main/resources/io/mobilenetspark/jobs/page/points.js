// Draws points with WebGL, and finds those near a place. Nothing here knows what the points mean.

const VERTEX = `#version 300 es
in vec2 place;
in vec4 colour;
in float size;
uniform vec2 scale;
uniform vec2 shift;
uniform float pixels;
out vec4 tint;
out float radius;
void main() {
  gl_Position = vec4(place * scale + shift, 0.0, 1.0);
  radius = size * 255.0 * pixels;
  gl_PointSize = size > 0.0 ? radius + 1.0 : 0.0;
  tint = colour;
  if (size == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 tint;
in float radius;
out vec4 result;
void main() {
  float away = length(gl_PointCoord - 0.5) * (radius + 1.0);
  float cover = clamp(radius * 0.5 - away + 0.5, 0.0, 1.0);
  result = vec4(tint.rgb, 1.0) * tint.a * cover;
}`;

const CELLS = 256;
export const GRID = 65535;

export class PointLayer {
  constructor(canvas, x, y) {
    this.canvas = canvas;
    this.x = x;
    this.y = y;
    this.colours = new Uint8Array(4 * x.length);
    this.sizes = new Uint8Array(x.length);
    this.view = { x: 0.5, y: 0.5, scale: 1 };
    this.gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
    this.crowd = x.length;
    this.sort();
    if (this.gl) {
      this.prepare();
      canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
      canvas.addEventListener("webglcontextrestored", () => {
        this.prepare();
        this.upload();
        this.draw();
      });
    }
  }

  get canDraw() {
    return this.gl !== null;
  }

  prepare() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const attribute = (name, data, size, type) => {
      const at = gl.getAttribLocation(program, name);
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, true, 0, 0);
      return buffer;
    };
    this.placeBuffer = attribute("place", this.places(), 2, gl.UNSIGNED_SHORT);
    this.colourBuffer = attribute("colour", this.colours, 4, gl.UNSIGNED_BYTE);
    this.sizeBuffer = attribute("size", this.sizes, 1, gl.UNSIGNED_BYTE);
    this.uniforms = {};
    for (const name of ["scale", "shift", "pixels"]) {
      this.uniforms[name] = gl.getUniformLocation(program, name);
    }
  }

  places() {
    const places = new Uint16Array(2 * this.x.length);
    for (let i = 0; i < this.x.length; i++) {
      places[2 * i] = this.x[i];
      places[2 * i + 1] = this.y[i];
    }
    return places;
  }

  // Moves all points; as many as the crowd are to be seen.
  place(x, y, crowd) {
    this.x = x;
    this.y = y;
    this.crowd = crowd;
    this.sort();
    if (this.gl) {
      this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.placeBuffer);
      this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, this.places());
    }
  }

  // Sends changed colours and sizes.
  upload() {
    const gl = this.gl;
    if (!gl) {
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.colourBuffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.colours);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.sizeBuffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.sizes);
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  // Pixels on the page of the whole map's side.
  get side() {
    return Math.min(this.width, this.height) * 0.92 * this.view.scale;
  }

  toPage(row) {
    return [
      (this.x[row] / GRID - this.view.x) * this.side + this.width / 2,
      (this.view.y - this.y[row] / GRID) * this.side + this.height / 2,
    ];
  }

  toMap(pageX, pageY) {
    return [
      (pageX - this.width / 2) / this.side + this.view.x,
      this.view.y - (pageY - this.height / 2) / this.side,
    ];
  }

  zoom(factor, pageX = this.width / 2, pageY = this.height / 2) {
    const [x, y] = this.toMap(pageX, pageY);
    this.view.scale = Math.max(0.5, Math.min(2000, this.view.scale * factor));
    const [movedX, movedY] = this.toMap(pageX, pageY);
    this.move(x - movedX, y - movedY);
  }

  move(x, y) {
    this.view.x = Math.max(-0.5, Math.min(1.5, this.view.x + x));
    this.view.y = Math.max(-0.5, Math.min(1.5, this.view.y + y));
  }

  pan(pageX, pageY) {
    this.move(-pageX / this.side, pageY / this.side);
  }

  show(row, scale) {
    this.view = { x: this.x[row] / GRID, y: this.y[row] / GRID, scale };
  }

  draw() {
    const gl = this.gl;
    if (!gl || gl.isContextLost()) {
      return;
    }
    const { x, y, scale } = this.view;
    const sx = (2 * this.side) / this.width;
    const sy = (2 * this.side) / this.height;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.uniforms.scale, sx, sy);
    gl.uniform2f(this.uniforms.shift, -x * sx, -y * sy);
    const crowd = this.crowd > 20000 ? 0.55 : this.crowd > 3000 ? 0.8 : 1.2;
    gl.uniform1f(this.uniforms.pixels, this.ratio * Math.min(2, crowd * Math.sqrt(Math.sqrt(Math.max(1, scale)))));
    gl.drawArrays(gl.POINTS, 0, this.x.length);
  }

  // Rows by cells of a grid, to find those near a place.
  sort() {
    const shift = 8; // of 16 bits, so that 8 are left, which are CELLS
    const cellOf = (i) => (this.y[i] >> shift) * CELLS + (this.x[i] >> shift);
    this.cellStarts = new Uint32Array(CELLS * CELLS + 1);
    for (let i = 0; i < this.x.length; i++) {
      this.cellStarts[cellOf(i) + 1]++;
    }
    for (let i = 0; i < CELLS * CELLS; i++) {
      this.cellStarts[i + 1] += this.cellStarts[i];
    }
    const next = this.cellStarts.slice();
    this.inCells = new Uint32Array(this.x.length);
    for (let i = 0; i < this.x.length; i++) {
      this.inCells[next[cellOf(i)]++] = i;
    }
  }

  // The visible row that is nearest to a place on the page, within some pixels; -1 if there is none.
  nearest(pageX, pageY, within) {
    const [x, y] = this.toMap(pageX, pageY);
    const reach = within / this.side;
    const cell = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor((value * GRID) / 256)));
    let best = -1;
    let least = reach * reach;
    for (let row = cell(y - reach); row <= cell(y + reach); row++) {
      const from = this.cellStarts[row * CELLS + cell(x - reach)];
      const until = this.cellStarts[row * CELLS + cell(x + reach) + 1];
      for (let at = from; at < until; at++) {
        const i = this.inCells[at];
        const dx = this.x[i] / GRID - x;
        const dy = this.y[i] / GRID - y;
        const away = dx * dx + dy * dy;
        if (away <= least && this.sizes[i] > 0) {
          least = away;
          best = i;
        }
      }
    }
    return best;
  }

  // The visible rows for which a place on the page is within.
  within(isInside) {
    const rows = [];
    for (let i = 0; i < this.x.length; i++) {
      if (this.sizes[i] > 0 && isInside(...this.toPage(i))) {
        rows.push(i);
      }
    }
    return rows;
  }
}

export function isInPolygon(polygon, x, y) {
  let isInside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) {
      isInside = !isInside;
    }
  }
  return isInside;
}
