//! Playlists keep an order.

use catalogue::{PlaylistId, UserId, VideoId};
use store::{Store, StoreError};

use crate::kit::{content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

async fn order(store: &Store, playlist: PlaylistId) -> Vec<u32> {
    let mut order = Vec::new();
    let mut after = None;
    loop {
        let page = store.playlist_items(ME, playlist, after, 3).await.unwrap();
        let Some(last) = page.last() else { return order };
        after = Some((last.rank, last.item));
        order.extend(page.iter().map(|item| item.video.0));
    }
}

async fn videos(store: &Store, count: u64) -> Vec<VideoId> {
    let batch = (1..=count).map(|number| file(&format!("{number}.mp4"), number)).collect();
    store.record(batch, 1, 1).await.unwrap().value.into_iter().flatten().collect()
}

#[tokio::test]
async fn items_stay_where_they_are_put_the_same_video_twice_too() {
    for fresh in stores().await {
        let store = &fresh.store;
        let all = videos(store, 4).await;
        let [a, b, c, d] = [all[0], all[1], all[2], all[3]];
        let list = store.new_playlist(ME, "Evening", 2).await.unwrap().value;
        let items = store.add_to_playlist(ME, list.id, &[a, b, a], None, 3).await.unwrap().value;
        assert_eq!(order(store, list.id).await, [a.0, b.0, a.0]);
        store.add_to_playlist(ME, list.id, &[c, d], Some(1), 4).await.unwrap();
        assert_eq!(order(store, list.id).await, [a.0, c.0, d.0, b.0, a.0]);
        store.move_in_playlist(ME, list.id, items[2], Some(items[0]), None, 5).await.unwrap();
        assert_eq!(order(store, list.id).await, [a.0, a.0, c.0, d.0, b.0]);
        store.move_in_playlist(ME, list.id, items[0], None, None, 6).await.unwrap();
        assert_eq!(order(store, list.id).await, [a.0, c.0, d.0, b.0, a.0]);
        let now = store.remove_from_playlist(ME, list.id, items[1], 7).await.unwrap().value;
        assert_eq!(order(store, list.id).await, [a.0, c.0, d.0, a.0]);
        assert_eq!((now.count, now.duration_ms, now.changed_ms), (4, 240_000, 7));
        assert_eq!(now.first, [a, c, d, a]);
        assert_eq!(store.playlist_videos(ME, list.id).await.unwrap(), [a, c, d]);
        let details = store.details(ME, content(1)).await.unwrap();
        assert_eq!(details.playlists, [(list.id, "Evening".to_owned())]);
    }
}

#[tokio::test]
async fn there_is_always_room_between_two_items() {
    for fresh in stores().await {
        let store = &fresh.store;
        let all = videos(store, 2).await;
        let list = store.new_playlist(ME, "x", 2).await.unwrap().value;
        store.add_to_playlist(ME, list.id, &[all[0], all[0]], None, 3).await.unwrap();
        for _ in 0..60 {
            store.add_to_playlist(ME, list.id, &[all[1]], Some(1), 3).await.unwrap();
        }
        let order = order(store, list.id).await;
        assert_eq!(order.len(), 62);
        assert_eq!((order[0], order[61]), (all[0].0, all[0].0));
        assert!(order[1..61].iter().all(|video| *video == all[1].0));
    }
}

#[tokio::test]
async fn whoever_saw_an_older_playlist_is_told_so() {
    for fresh in stores().await {
        let store = &fresh.store;
        let all = videos(store, 1).await;
        let list = store.new_playlist(ME, "x", 2).await.unwrap().value;
        let items = store.add_to_playlist(ME, list.id, &all, None, 3).await.unwrap().value;
        let old = store.rename_playlist(ME, list.id, "y", Some(list.version), 4).await;
        assert!(matches!(old, Err(StoreError::Conflict { current: 2 })));
        let old = store.move_in_playlist(ME, list.id, items[0], None, Some(1), 4).await;
        assert!(matches!(old, Err(StoreError::Conflict { current: 2 })));
        let done = store.rename_playlist(ME, list.id, "y", Some(2), 4).await.unwrap();
        assert_eq!(done.value.name, "y");
        assert_eq!(done.changes[0].kind, "playlists");
        store.delete_playlist(ME, list.id, 5).await.unwrap();
        let gone = store.playlist(ME, list.id).await;
        assert!(matches!(gone, Err(StoreError::NotFound { .. })));
        assert!(store.playlists(ME).await.unwrap().is_empty());
        let stranger = store.playlist_items(UserId(9), list.id, None, 9).await;
        assert!(matches!(stranger, Err(StoreError::NotFound { .. })));
    }
}
