#![allow(clippy::unwrap_used)]
use super::*;
use crate::studio::Task;

fn key(video: &str) -> Key {
    (video.to_owned(), Task::Stills)
}

fn queue() -> Queue {
    Queue::new(Crew::default())
}

fn next(queue: &mut Queue) -> Option<String> {
    queue.next().map(|next| next.key.0)
}

fn finish(queue: &mut Queue, video: &str) {
    let number = queue.works.get(&key(video)).unwrap().number;
    queue.finish(&key(video), number, Err(NoPicture::NoVideo));
    queue.ended(&key(video), number);
}

fn said(asked: &Asked) -> Option<NoPicture> {
    asked.result.borrow().clone().map(Result::unwrap_err)
}

#[test]
fn what_was_asked_for_last_on_demand_goes_first() {
    let mut queue = queue();
    let _asked: Vec<Asked> =
        ["a", "b", "c"].map(|video| queue.ask(key(video), Urgency::OnDemand)).into();
    assert_eq!(next(&mut queue).unwrap(), "c");
    assert_eq!(next(&mut queue).unwrap(), "b");
    assert_eq!(next(&mut queue), None, "two work at once");
    finish(&mut queue, "c");
    assert_eq!(next(&mut queue).unwrap(), "a");
}

#[test]
fn the_background_goes_one_by_one_and_waits_while_somebody_waits() {
    let mut queue = queue();
    for video in ["a", "b", "c"] {
        queue.ask(key(video), Urgency::Background);
    }
    assert_eq!(next(&mut queue).unwrap(), "a", "the oldest first");
    assert_eq!(next(&mut queue), None);
    let _asked = queue.ask(key("z"), Urgency::OnDemand);
    assert_eq!(next(&mut queue).unwrap(), "z", "beside the background");
    finish(&mut queue, "a");
    assert_eq!(next(&mut queue), None, "while z is being made");
    finish(&mut queue, "z");
    assert_eq!(next(&mut queue).unwrap(), "b");
    assert_eq!(queue.load(), Load { background: 1, on_demand: 0, running: 1 });
}

#[test]
fn a_thing_is_made_once_however_many_ask_and_all_hear_of_it() {
    let mut queue = queue();
    let asked = [
        queue.ask(key("a"), Urgency::Background),
        queue.ask(key("a"), Urgency::OnDemand),
        queue.ask(key("a"), Urgency::OnDemand),
    ];
    let first = queue.next().unwrap();
    assert_eq!(first.urgency, Urgency::OnDemand, "somebody waits for it by now");
    assert_eq!(next(&mut queue), None);
    finish(&mut queue, "a");
    assert!(asked.iter().all(|asked| said(asked) == Some(NoPicture::NoVideo)));
    assert_eq!(queue.load(), Load::default());
}

#[test]
fn what_nobody_waits_for_any_more_is_called_off_unless_the_background_wants_it() {
    let mut queue = queue();
    let alone = queue.ask(key("alone"), Urgency::OnDemand);
    let both = queue.ask(key("both"), Urgency::OnDemand);
    queue.ask(key("both"), Urgency::Background);
    queue.leave(&key("alone"), alone.number);
    queue.leave(&key("both"), both.number);
    assert_eq!(said(&alone), Some(NoPicture::Cancelled));
    assert_eq!(next(&mut queue).unwrap(), "both");
    assert_eq!(next(&mut queue), None);
    let again = queue.ask(key("alone"), Urgency::OnDemand);
    queue.leave(&key("alone"), alone.number);
    assert_eq!(said(&again), None, "an old ticket does not call off a new work");
}

#[test]
fn whoever_asks_for_what_was_called_off_has_it_made_anew_when_the_first_has_ended() {
    let mut queue = Queue::new(Crew { background: 1, all: 1 });
    let away = queue.ask(key("a"), Urgency::OnDemand);
    assert_eq!(next(&mut queue).unwrap(), "a");
    queue.leave(&key("a"), away.number);
    assert_eq!(said(&away), Some(NoPicture::Cancelled));
    let back = queue.ask(key("a"), Urgency::OnDemand);
    assert_eq!(next(&mut queue), None, "the process of the first has not ended");
    assert_eq!(queue.load(), Load { background: 0, on_demand: 1, running: 1 });
    // It ends, and its last word is not meant for whoever came back.
    queue.ended(&key("a"), away.number);
    assert_eq!(said(&back), None);
    assert_eq!(next(&mut queue).unwrap(), "a");
    finish(&mut queue, "a");
    assert_eq!(said(&back), Some(NoPicture::NoVideo));
    assert_eq!(queue.load(), Load::default());
}

#[tokio::test]
async fn a_work_called_off_before_its_task_was_known_does_not_go_on() {
    let mut queue = queue();
    let asked = queue.ask(key("a"), Urgency::OnDemand);
    queue.next().unwrap();
    queue.leave(&key("a"), asked.number);
    let task = tokio::spawn(std::future::pending::<()>());
    queue.began(&key("a"), asked.number, task.abort_handle());
    assert!(task.await.unwrap_err().is_cancelled());
}

#[test]
fn one_alone_takes_works_and_the_next_may_when_there_were_none() {
    let mut queue = queue();
    assert!(queue.begin());
    queue.ask(key("a"), Urgency::OnDemand);
    assert!(!queue.begin(), "whoever began it sees this one as well");
    assert_eq!(next(&mut queue).unwrap(), "a");
    assert!(!queue.begin());
    assert_eq!(next(&mut queue), None);
    assert!(queue.begin());
}

#[test]
fn the_background_can_be_stopped() {
    let mut queue = queue();
    let background = queue.ask(key("a"), Urgency::Background);
    let wanted = queue.ask(key("b"), Urgency::OnDemand);
    queue.stop_background();
    assert_eq!(said(&background), Some(NoPicture::Cancelled));
    assert_eq!(said(&wanted), None);
}

#[test]
fn rows_have_bounds() {
    let mut queue = queue();
    let oldest = queue.ask(key("oldest"), Urgency::OnDemand);
    let others: Vec<Asked> = (0..ON_DEMAND_MAX)
        .map(|number| queue.ask(key(&number.to_string()), Urgency::OnDemand))
        .collect();
    assert_eq!(said(&oldest), Some(NoPicture::Busy));
    assert!(others.iter().all(|asked| said(asked).is_none()));
    for number in 0..BACKGROUND_MAX {
        queue.ask(key(&format!("b{number}")), Urgency::Background);
    }
    let refused = queue.ask(key("one more"), Urgency::Background);
    assert_eq!(said(&refused), Some(NoPicture::Busy));
}
