//! The contract of reading: by stream, by position, everything in pages.

use countersign_domain::envelope::Position;
use countersign_domain::ports::Expected;

use super::Store;
use super::fixtures::{append, number, read, read_tenant, stream, tenant};

/// Any start, any limit.
pub async fn a_stream_is_read_in_pages(store: Store) {
    let stream = stream(&tenant(), "1");
    let name = stream.as_str();
    store.append(append(name, Expected::NoStream, &[0, 1, 2])).await.expect("appended");
    store.append(append(name, Expected::Revision(2), &[3])).await.expect("appended");
    store.append(append(name, Expected::Revision(3), &[4, 5, 6])).await.expect("appended");
    for from in 0..9 {
        for limit in 0..9 {
            let events = read(&*store, &stream, from, limit).await;
            let wanted: Vec<u64> = (from..7).take(limit).collect();
            assert_eq!(events.iter().filter_map(number).collect::<Vec<_>>(), wanted, "{from}, {limit}");
        }
    }
}

/// Everything comes in the order of positions, whatever the size of the page, from any position on.
pub async fn everything_is_read_in_pages_and_in_order(store: Store) {
    let tenant = tenant();
    let start = store.head().await.expect("the head can be read");
    let mut last = None;
    for round in 0..5 {
        for id in ["1", "2", "3"] {
            let expected = Expected::after((round * 2_u64).checked_sub(1));
            let wish = append(stream(&tenant, id).as_str(), expected, &[round * 2, round * 2 + 1]);
            let appended = store.append(wish).await.expect("appended");
            assert!(Some(appended.position) > last, "positions rise in the order of appends");
            last = Some(appended.position);
        }
    }
    assert!(store.head().await.expect("the head can be read") >= last);
    let all = read_tenant(&*store, &tenant, start, 1000).await;
    assert_eq!(all.len(), 30);
    assert_eq!(all.last().map(|event| event.pos), last);
    let ids: Vec<_> = all.iter().map(|event| event.id).collect();
    for page in [1, 2, 7] {
        let paged = read_tenant(&*store, &tenant, start, page).await;
        assert_eq!(paged.iter().map(|event| event.id).collect::<Vec<_>>(), ids);
    }
    let after = read_tenant(&*store, &tenant, Some(all[9].pos), 100).await;
    assert_eq!(after.iter().map(|event| event.id).collect::<Vec<_>>(), ids[10..]);
}

/// Single events are found by position, in any order, also twice.
pub async fn positions_are_read_in_the_order_asked_for(store: Store) {
    let tenant = tenant();
    let stream = stream(&tenant, "1");
    store.append(append(stream.as_str(), Expected::NoStream, &[0, 1, 2])).await.expect("appended");
    store.append(append(stream.as_str(), Expected::Revision(2), &[3, 4])).await.expect("appended");
    let positions: Vec<Position> =
        read_tenant(&*store, &tenant, None, 1000).await.iter().map(|event| event.pos).collect();
    let wish = [4, 0, 2, 2].map(|rev: usize| positions[rev]);
    let found = store.read_at(&wish).await.expect("positions can be read");
    assert_eq!(found.iter().filter_map(number).collect::<Vec<_>>(), [4, 0, 2, 2]);

    let beyond = Position::from_store(positions[4].for_store() + (1 << 40));
    let found = store.read_at(&[beyond, positions[1]]).await.expect("positions can be read");
    assert_eq!(found.iter().filter_map(number).collect::<Vec<_>>(), [1]);
}

/// Names that start alike, or differ only in the tenant, are different streams.
pub async fn streams_and_tenants_never_mix(store: Store) {
    let (one, two) = (tenant(), tenant());
    let ids = ["1", "10", "1-0", "1.0", "1~", "!"];
    for (at, id) in (0..).zip(ids) {
        for (tenant, number) in [(&one, at), (&two, 100 + at)] {
            let name = stream(tenant, id);
            store.append(append(name.as_str(), Expected::NoStream, &[number])).await.expect("appended");
            store.append(append(name.as_str(), Expected::Revision(0), &[number])).await.expect("appended");
        }
    }
    for (at, id) in (0..).zip(ids) {
        for (tenant, number_) in [(&one, at), (&two, 100 + at)] {
            let events = read(&*store, &stream(tenant, id), 0, 10).await;
            assert_eq!(events.iter().filter_map(number).collect::<Vec<_>>(), [number_, number_], "{id}");
        }
    }
    assert_eq!(read_tenant(&*store, &one, None, 100).await.len(), ids.len() * 2);
}

/// Unknown streams and the end of everything are empty, not errors.
pub async fn reading_what_is_not_there_gives_nothing(store: Store) {
    let tenant = tenant();
    assert!(read(&*store, &stream(&tenant, "1"), 0, 10).await.is_empty());
    let head = store.head().await.expect("the head can be read");
    assert!(read_tenant(&*store, &tenant, head, 10).await.is_empty());
    assert!(store.read_at(&[]).await.expect("positions can be read").is_empty());
    assert!(store.read_all(None, 0).await.expect("the log can be read").is_empty());
}
