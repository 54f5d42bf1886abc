// Which points are near each other by their principal components, which come as bytes of one scale.

// The points nearest to one, the nearest first. All are compared: it takes a few milliseconds.
export function nearestTo(data, row, count) {
  const { components, points } = data;
  const axes = components.length / points;
  const from = row * axes;
  const rows = [];
  const distances = [];
  for (let other = 0, at = 0; other < points; other++, at += axes) {
    let sum = 0;
    for (let axis = 0; axis < axes; axis++) {
      const difference = components[at + axis] - components[from + axis];
      sum += difference * difference;
    }
    if (other !== row && (rows.length < count || sum < distances[count - 1])) {
      let place = rows.length;
      while (place > 0 && sum < distances[place - 1]) {
        place--;
      }
      rows.splice(place, 0, other);
      distances.splice(place, 0, sum);
      rows.length = distances.length = Math.min(count, rows.length);
    }
  }
  return rows;
}
