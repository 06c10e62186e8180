/** The line of a sparkline. */

const ROOM = 1;

/** An SVG path from 0 at the bottom to the greatest value at the top, broken where nothing is known. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let isDown = false;
  values.forEach((value, place) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const y = height - ROOM - (most === 0 ? 0 : (value / most) * (height - 2 * ROOM));
    path += `${isDown ? 'L' : 'M'}${rounded(place * step)} ${rounded(y)}`;
    isDown = true;
  });
  return path;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
