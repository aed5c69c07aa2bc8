// Before the first paint: the theme and language that this browser remembers, and the question that the page will ask
// first, so that its answer is on its way while the scripts are.
(function () {
  var root = document.documentElement;
  var path = location.pathname;
  try {
    var kept = JSON.parse(localStorage.getItem('vidicon') || '{}');
    if (kept.theme === 'dark' || kept.theme === 'light') root.dataset.theme = kept.theme;
    if (kept.language === 'en' || kept.language === 'de') root.lang = kept.language;
  } catch (e) {
    // A browser that keeps nothing gets the system's theme.
  }
  if (path === '/' || /^\/(library|favou?rites|search|playlists)$/.test(path)) root.dataset.cards = '';
  // As the client asks it (`lib/api/early.ts` hands the answer over); for another address it would be another question.
  var url = location.search ? '' : path === '/' ? '/api/v1/home' : path === '/library' ? '/api/v1/videos?sort=added&order=desc&limit=100' : '';
  if (url) {
    var answer = fetch(url, { headers: { Accept: 'application/json' } });
    answer.catch(function () {});
    window.vidiconEarly = { url: url, answer: answer };
  }
})();
