// Plays one file by its path, and says how to play it elsewhere. Nothing is listed: the server
// lists no folders.
const find = (selector) => document.querySelector(selector);
const [form, field, video, idle, trouble, elsewhere] =
  ['form', '#path', 'video', '.idle', '.trouble', '.elsewhere'].map(find);
const key = new URLSearchParams(location.search).get('api_key');

function address(path) {
  const encoded = path.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
  const url = new URL(`/video/${encoded}`, location.href);
  if (key) url.searchParams.set('api_key', key);
  return url;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

async function play(path) {
  const url = address(path);
  const download = new URL(url);
  download.searchParams.set('download', '1');
  const texts = { url: url.href, mpv: `mpv ${quoted(url.href)}`, vlc: `vlc ${quoted(url.href)}` };
  for (const [name, text] of Object.entries(texts)) find(`code[data-of=${name}]`).textContent = text;
  find('a[data-of=download]').href = download.href;
  trouble.hidden = true;
  const problem = await whatIsWrong(url);
  idle.hidden = true;
  if (problem) return tell(problem);
  video.hidden = elsewhere.hidden = false;
  video.src = url.href;
  video.play().catch(() => { /* The browser wants a click first: the controls are there. */ });
}

async function whatIsWrong(url) {
  try {
    // The first byte alone: enough to be told why not.
    const answer = await fetch(url, { headers: { range: 'bytes=0-0' } });
    if (answer.ok) return null;
    const { detail = `the server answered ${answer.status}` } = await answer.json();
    return answer.status === 404 ? `${detail}: write its path as it is below your media folder.` : `${detail}.`;
  } catch {
    return 'the server cannot be reached.';
  }
}

function tell(problem) {
  video.removeAttribute('src');
  video.hidden = elsewhere.hidden = true;
  trouble.textContent = problem.charAt(0).toUpperCase() + problem.slice(1);
  trouble.hidden = false;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  history.replaceState(null, '', `${location.pathname}${location.search}#${encodeURI(field.value)}`);
  play(field.value);
});
video.addEventListener('error', () => {
  if (!video.getAttribute('src')) return;
  trouble.textContent = 'This browser cannot play that file. mpv and VLC play nearly everything: their commands are below.';
  trouble.hidden = false;
});
document.addEventListener('click', async ({ target }) => {
  const name = target.dataset?.copy;
  if (!name) return;
  const code = find(`code[data-of=${name}]`);
  try {
    await navigator.clipboard.writeText(code.textContent);
    target.textContent = 'Copied';
    setTimeout(() => { target.textContent = 'Copy'; }, 1500);
  } catch {
    getSelection().selectAllChildren(code); // No clipboard without TLS: leave it marked.
  }
});
if (key) {
  for (const link of document.querySelectorAll('footer a')) {
    const url = new URL(link.href);
    url.searchParams.set('api_key', key);
    link.href = url.href;
  }
}
if (location.hash.length > 1) {
  field.value = named(location.hash.slice(1));
  play(field.value);
}

// Somebody may have written the address by hand: what is no encoding is the name itself.
function named(hash) {
  try {
    return decodeURI(hash);
  } catch {
    return hash;
  }
}
