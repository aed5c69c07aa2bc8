// video.js would put style elements into the page, which the pages' policy forbids. It asks this when it is loaded, so
// this must be imported before it.
(globalThis as { VIDEOJS_NO_DYNAMIC_STYLE?: boolean }).VIDEOJS_NO_DYNAMIC_STYLE = true;
