// Before the first paint: the theme and language that this browser remembers.
(function () {
  try {
    var kept = JSON.parse(localStorage.getItem('vidicon') || '{}');
    if (kept.theme === 'dark' || kept.theme === 'light') document.documentElement.dataset.theme = kept.theme;
    if (kept.language === 'en' || kept.language === 'de') document.documentElement.lang = kept.language;
  } catch (e) {
    // A browser that keeps nothing gets the system's theme.
  }
})();
