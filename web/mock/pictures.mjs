// Landscapes out of a number: hills, a sun, sometimes a town or stars. They stand in for posters.

export function random(seed) {
  let a = (seed * 2654435761) >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const skies = [
  ['#0b1026', '#3b2a5c', '#e8795a'], ['#08131f', '#12405a', '#7fc4c9'], ['#2b1a12', '#a8562c', '#ffd08a'],
  ['#0d0f14', '#23303f', '#8fa3b3'], ['#1a0f1f', '#6b2450', '#ff9a76'], ['#0a1a14', '#1e5a43', '#c9e59b'],
  ['#27323f', '#7fa5bd', '#f2e6cf'], ['#120c18', '#2f2458', '#8a7fd6'], ['#301a0c', '#c7772e', '#ffe6b0'],
];

export function colourOf(seed) {
  return skies[Math.floor(random(seed)() * skies.length)][1];
}

export function poster(seed, width, height) {
  const r = random(seed);
  const sky = skies[Math.floor(r() * skies.length)];
  const n = (value) => value.toFixed(1);
  const sunX = width * (0.15 + r() * 0.7);
  const sunY = height * (0.2 + r() * 0.35);
  const sun = Math.min(width, height) * (0.05 + r() * 0.1);
  let body = '';
  if (r() < 0.4) {
    for (let i = 0; i < 40; i += 1) {
      body += `<circle cx="${n(r() * width)}" cy="${n(r() * height * 0.6)}" r="${n(0.4 + r() * 1.2)}" fill="#fff" opacity="${n(0.2 + r() * 0.7)}"/>`;
    }
  }
  body += `<circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(sun * 4)}" fill="url(#g)"/><circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(sun)}" fill="#fff4dc" opacity=".92"/>`;
  const layers = 4 + Math.floor(r() * 2);
  for (let layer = 0; layer < layers; layer += 1) {
    const y0 = height * (0.48 + (layer / layers) * 0.5);
    const rough = height * (0.16 - layer * 0.02);
    const f1 = 1 + r() * 2;
    const f2 = 3 + r() * 5;
    const p1 = r() * 7;
    const p2 = r() * 7;
    let d = `M0 ${height}`;
    for (let x = 0; x <= 24; x += 1) {
      const t = x / 24;
      const y = y0 - rough * (0.6 * Math.sin(t * f1 * 3.1 + p1) + 0.4 * Math.sin(t * f2 * 3.1 + p2));
      d += `L${n(t * width)} ${n(y)}`;
    }
    d += `L${width} ${height}Z`;
    body += `<path d="${d}" fill="${sky[0]}" opacity="${n(0.3 + (layer / layers) * 0.65)}"/>`;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${sky[0]}"/><stop offset=".5" stop-color="${sky[1]}"/><stop offset="1" stop-color="${sky[2]}"/></linearGradient><radialGradient id="g"><stop offset="0" stop-color="${sky[2]}" stop-opacity=".9"/><stop offset="1" stop-color="${sky[2]}" stop-opacity="0"/></radialGradient></defs><rect width="${width}" height="${height}" fill="url(#s)"/>${body}</svg>`;
}
