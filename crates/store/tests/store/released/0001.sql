-- A little of everything, as the first release wrote it.
INSERT INTO videos (id, content, identity, title, title_from, edited, description, duration_ms, container, width,
    height, frame_rate_milli, bit_rate, video_codec, audio_codecs, audio_languages, text_languages, hdr, views,
    hidden, added_ms, made_ms, present, version)
VALUES (7, '00000000000000000000000001', 1, 'Pilot', 3, 1, 'About', 60000, 'mp4', 1920, 1080, 25000, 4000000,
    'h264', 'aac', 'en', '', NULL, 3, 0, 1000, NULL, 1, 2);
INSERT INTO details (video, body) VALUES (7, '{"chapters":[]}');
INSERT INTO aliases (content, video) VALUES ('00000000000000000000000009', 7);
INSERT INTO files (id, video, root, path, folder, name, size, modified_ns, inode, device, state, problem, identity,
    found_ms, seen, beside)
VALUES (1, 7, '/media', 'a/b.mp4', 'a', 'b.mp4', 1234, 5, 6, 7, 0, NULL, 1, 1000, 1, 0);
INSERT INTO personal (user_id, video, rating, favourite_ms, watched_ms, resume_ms, played_ms, plays)
VALUES (1, 7, 4, 10, NULL, 500, 11, 1);
INSERT INTO plays (id, user_id, video, started_ms, position_ms) VALUES (1, 1, 7, 11, 500);
INSERT INTO tags (id, name, folded, colour, version) VALUES (1, 'old', 'old', NULL, 1);
INSERT INTO video_tags (video, tag) VALUES (7, 1);
INSERT INTO playlists (id, user_id, name, version, created_ms, changed_ms) VALUES (1, 1, 'Evening', 1, 1, 1);
INSERT INTO playlist_items (id, playlist, video, rank) VALUES (1, 1, 7, 100), (2, 1, 7, 200);
INSERT INTO changes (seq, at_ms, kind, body) VALUES (1, 1, 'views', '{}');
INSERT INTO artwork (video, poster, storyboard, preview, problem, version, made_ms)
VALUES (7, '{}', NULL, NULL, NULL, 1, 12);
INSERT INTO meta (key, value) VALUES ('k', 'v');
