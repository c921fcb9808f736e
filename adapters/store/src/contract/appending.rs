//! The contract of appending: exact revisions, all or nothing, once.

use std::sync::Arc;

use countersign_domain::envelope::NewEvent;
use countersign_domain::ports::{Append, Expected, StoreError};
use serde_json::json;
use serde_json::value::RawValue;

use super::Store;
use super::fixtures::{append, event, event_with, number, read, read_tenant, stream, tenant};

/// What was appended is what is read, with the place it was given.
pub async fn what_was_appended_is_read_back(store: Store) {
    let stream = stream(&tenant(), "1");
    let first = store.append(append(stream.as_str(), Expected::NoStream, &[10, 11])).await.expect("appended");
    assert_eq!((first.rev, first.repeated), (1, false));
    let events = read(&*store, &stream, 0, 10).await;
    assert_eq!(events.iter().filter_map(number).collect::<Vec<_>>(), [10, 11]);
    // Only a KurrentDB before 22.10 may leave it unsaid, and none of those is tried here.
    assert_eq!(events[1].pos, first.position);
    let there = store.read_at(&[first.position]).await.expect("positions can be read");
    assert_eq!(
        there.iter().map(|event| (event.id, event.pos)).collect::<Vec<_>>(),
        [(events[1].id, first.position)]
    );

    let wanted = event(&stream, 11);
    let found = &events[1];
    assert_eq!((found.id, &found.kind, found.v), (wanted.id, &wanted.kind, wanted.version));
    assert_eq!(found.cause(), wanted.cause);
    assert_eq!(found.data.get(), wanted.data.get());
}

/// Too early, too late, not there, there already: none of these is appended.
pub async fn an_append_must_name_the_exact_revision(store: Store) {
    let stream = stream(&tenant(), "1");
    let name = stream.as_str();
    store.append(append(name, Expected::NoStream, &[1, 2, 3])).await.expect("appended");
    for wrong in [Expected::NoStream, Expected::Revision(0), Expected::Revision(1), Expected::Revision(3)] {
        let refused = store.append(append(name, wrong, &[9])).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{wrong:?}: {refused:?}");
    }
    let next = store.append(append(name, Expected::Revision(2), &[4])).await.expect("appended");
    assert_eq!(next.rev, 3);
    assert_eq!(read(&*store, &stream, 0, 10).await.len(), 4);
}

/// Whoever loses learns what to read.
pub async fn a_conflict_names_the_actual_revision_and_writes_nothing(store: Store) {
    let tenant = tenant();
    let there = stream(&tenant, "1");
    store.append(append(there.as_str(), Expected::NoStream, &[1, 2])).await.expect("appended");
    let missing = stream(&tenant, "2");
    for (stream, wrong, there) in
        [(&there, Expected::Revision(7), Some(1)), (&missing, Expected::Revision(0), None)]
    {
        match store.append(append(stream.as_str(), wrong, &[9])).await {
            Err(StoreError::Conflict { stream: named, expected, actual }) => {
                assert_eq!((&named, expected, actual), (stream, wrong, there));
            }
            other => assert!(other.is_err(), "{other:?} must be a conflict"),
        }
    }
    assert_eq!(read_tenant(&*store, &tenant, None, 1000).await.len(), 2);
}

/// The same (stream, expected, ids) has one effect, however often and however late it comes.
pub async fn a_repeated_append_returns_the_first_result(store: Store) {
    let stream = stream(&tenant(), "1");
    let name = stream.as_str();
    let start = append(name, Expected::NoStream, &[1, 2]);
    let first = store.append(start.clone()).await.expect("appended");
    let again = store.append(start.clone()).await.expect("the same again");
    assert_eq!((again.position, again.rev, again.repeated), (first.position, first.rev, true));

    let second = store.append(append(name, Expected::Revision(1), &[3])).await.expect("appended");
    store.append(append(name, Expected::Revision(2), &[4, 5])).await.expect("appended");
    let late = store.append(start).await.expect("the same, after the stream has grown");
    assert_eq!((late.position, late.rev, late.repeated), (first.position, first.rev, true));
    let late =
        store.append(append(name, Expected::Revision(1), &[3])).await.expect("the same, in the middle");
    assert_eq!((late.position, late.rev, late.repeated), (second.position, second.rev, true));
    assert_eq!(read(&*store, &stream, 0, 10).await.len(), 5);
}

/// Other ids at the same place are somebody else's.
pub async fn a_repeated_append_with_other_ids_is_a_conflict(store: Store) {
    let stream = stream(&tenant(), "1");
    let name = stream.as_str();
    store.append(append(name, Expected::NoStream, &[1, 2])).await.expect("appended");
    for other in [&[1, 3][..], &[2, 1], &[3], &[1, 2, 3]] {
        let refused = store.append(append(name, Expected::NoStream, other)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{other:?}: {refused:?}");
    }
    assert_eq!(read(&*store, &stream, 0, 10).await.len(), 2);
}

/// One event that cannot be stored keeps out the others of its append.
pub async fn an_append_is_stored_whole_or_not_at_all(store: Store) {
    let tenant = tenant();
    let stream = stream(&tenant, "1");
    let mut bad = append(stream.as_str(), Expected::NoStream, &[1, 2]);
    bad.events.push(event_with(&stream, 3, &json!("x".repeat(2 << 20))));
    assert!(matches!(store.append(bad).await, Err(StoreError::Invalid { .. })));
    assert!(read_tenant(&*store, &tenant, None, 1000).await.is_empty());

    let many: Vec<u64> = (0..100).collect();
    store.append(append(stream.as_str(), Expected::NoStream, &many)).await.expect("appended");
    let events = read_tenant(&*store, &tenant, None, 1000).await;
    assert_eq!(events.iter().filter_map(number).collect::<Vec<_>>(), many);
}

/// Nothing to append is a mistake of the caller.
pub async fn an_empty_append_is_refused(store: Store) {
    let stream = stream(&tenant(), "1");
    let refused = store.append(append(stream.as_str(), Expected::NoStream, &[])).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
}

/// Nearly 1 MiB is stored, more is refused.
pub async fn an_event_over_one_mebibyte_is_refused(store: Store) {
    let stream = stream(&tenant(), "1");
    let of_size = |number: u64, size: usize| Append {
        events: vec![event_with(&stream, number, &json!("x".repeat(size)))],
        ..append(stream.as_str(), Expected::NoStream, &[])
    };
    let refused = store.append(of_size(1, 1 << 20)).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    store.append(of_size(2, (1 << 20) - 2000)).await.expect("just under 1 MiB");
    let events = read(&*store, &stream, 0, 10).await;
    assert_eq!(events[0].data.get().len(), (1 << 20) - 2000 + 2);
}

/// White space in the data would give the same content another hash.
pub async fn data_that_is_not_canonical_is_refused(store: Store) {
    let stream = stream(&tenant(), "1");
    let data = RawValue::from_string("{\n\"a\":1}".to_owned()).expect("valid JSON");
    let events = vec![NewEvent { data, ..event(&stream, 1) }];
    let spaced = Append { events, ..append(stream.as_str(), Expected::NoStream, &[]) };
    assert!(matches!(store.append(spaced).await, Err(StoreError::Invalid { .. })));
}

/// Of many appends that expect the same revision at the same time, one is stored.
pub async fn of_many_at_once_one_wins(store: Store) {
    let stream = stream(&tenant(), "1");
    let mut expected = Expected::NoStream;
    for round in 0..4 {
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let (store, wish) =
                    (Arc::clone(&store), append(stream.as_str(), expected, &[round * 100 + task]));
                tokio::spawn(async move { store.append(wish).await })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            match task.await.expect("no task panics") {
                Ok(_) => winners += 1,
                Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error}"),
            }
        }
        assert_eq!(winners, 1);
        expected = Expected::Revision(round);
    }
    assert_eq!(read(&*store, &stream, 0, 10).await.len(), 4);
}

/// Writers of different streams do not disturb each other.
pub async fn many_streams_at_once_lose_nothing(store: Store) {
    let tenant = tenant();
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let (store, stream) = (Arc::clone(&store), stream(&tenant, &task.to_string()));
            tokio::spawn(async move {
                let mut expected = Expected::NoStream;
                for number in 0..8 {
                    let appended = store.append(append(stream.as_str(), expected, &[number])).await;
                    expected = Expected::Revision(appended.expect("appended").rev);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    assert_eq!(read_tenant(&*store, &tenant, None, 7).await.len(), 16 * 8);
    for task in 0..16 {
        assert_eq!(read(&*store, &stream(&tenant, &task.to_string()), 0, 100).await.len(), 8);
    }
}

/// Quotes, breaks, nulls, other scripts, emoji, direction marks and the like are kept.
pub async fn any_text_comes_back_as_it_was(store: Store) {
    let stream = stream(&tenant(), "1");
    let texts = [
        "",
        "\"},\"hash\":\"",
        "line\nbreak\r\n\u{0}",
        "\u{1f}\u{7f}\u{80}\u{9f}\u{2028}",
        "ünïcödé ✓ 漢字 ไทย",
        "👩‍👩‍👧‍👦",
        "\u{202e}tset\u{202c}",
        "\u{feff}",
        "\u{10ffff}",
        "\\u0000",
    ];
    let data = json!({ "texts": texts, "ключ": { "z": null, "a": [1, -2, u64::MAX, i64::MIN] } });
    let wish = Append {
        events: vec![event_with(&stream, 1, &data)],
        ..append(stream.as_str(), Expected::NoStream, &[])
    };
    store.append(wish).await.expect("appended");
    let events = read(&*store, &stream, 0, 1).await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(events[0].data.get()).expect("JSON"), data);
}
