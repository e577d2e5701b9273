//! What keys do.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::fleet::{ACCOUNT, app, fleet, idle, now, scope, view};
use super::frame;
use crate::render::top::{View, Wish};

fn press(view: &mut View, code: KeyCode) -> Wish {
    view.press(KeyEvent::from(code), now())
}

fn type_text(view: &mut View, text: &str) {
    text.chars().for_each(|letter| assert_eq!(press(view, KeyCode::Char(letter)), Wish::Nothing));
}

fn forty() -> View {
    let apps = (0..40).map(|n| app(&format!("space-{n:02}"), &idle(n)));
    let mut view = view(fleet(&[scope(ACCOUNT, apps.collect())]));
    frame(&mut view, (80, 24));
    view
}

fn chosen(view: &View) -> &str {
    view.chosen_row().map_or("none", |row| &row.short)
}

#[test]
fn quit_is_quit() {
    for code in [KeyCode::Char('q'), KeyCode::Esc] {
        assert_eq!(press(&mut forty(), code), Wish::Quit);
    }
    let mut typing = forty();
    type_text(&mut typing, "/q");
    assert_eq!(typing.press(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL), now()), Wish::Quit);
    assert_eq!(press(&mut typing, KeyCode::Esc), Wish::Nothing, "it ends the filter alone");
    assert_eq!(press(&mut typing, KeyCode::Char('?')), Wish::Nothing);
    assert_eq!(press(&mut typing, KeyCode::Esc), Wish::Nothing, "it ends the help alone");
    assert_eq!(press(&mut typing, KeyCode::Char('r')), Wish::LookNow);
}

#[test]
fn rows_are_gone_through_to_their_ends() {
    let mut view = forty();
    assert_eq!(chosen(&view), "space-39/JupyterLab", "the longest idle");
    for (code, expected) in [
        (KeyCode::Up, 39),
        (KeyCode::Down, 38),
        (KeyCode::PageDown, 23),
        (KeyCode::PageUp, 38),
        (KeyCode::End, 0),
        (KeyCode::Down, 0),
        (KeyCode::Home, 39),
    ] {
        press(&mut view, code);
        assert_eq!(chosen(&view), format!("space-{expected:02}/JupyterLab"), "{code:?}");
        let text = frame(&mut view, (80, 24));
        assert_eq!(text.matches(chosen(&view)).count(), 2, "in its row and in full:\n{text}");
    }
}

#[test]
fn a_row_stays_chosen_when_others_come() {
    let mut view = forty();
    press(&mut view, KeyCode::Down);
    let apps = (0..50).map(|n| app(&format!("space-{n:02}"), &idle(n)));
    view.seen(Ok(fleet(&[scope(ACCOUNT, apps.collect())])), 3, now());
    assert_eq!(chosen(&view), "space-38/JupyterLab");
    press(&mut view, KeyCode::Home);
    view.seen(Ok(fleet(&[scope(ACCOUNT, vec![app("alone", &idle(1))])])), 3, now());
    assert_eq!(chosen(&view), "alone/JupyterLab");
}

#[test]
fn rows_are_filtered_while_it_is_typed() {
    let mut view = forty();
    type_text(&mut view, "/SPACE-3 due");
    insta::assert_snapshot!(frame(&mut view, (80, 24)));
    press(&mut view, KeyCode::Enter);
    assert!(frame(&mut view, (80, 24)).contains("1 of 10 with “SPACE-3 due”, of 40"));
    type_text(&mut view, "/ nowhere");
    assert_eq!(chosen(&view), "none");
    assert!(frame(&mut view, (80, 24)).contains("no row has these words"));
    press(&mut view, KeyCode::Esc);
    assert!(frame(&mut view, (80, 24)).contains("1 of 40"));
}

#[test]
fn each_order_is_marked_and_what_is_not_known_comes_last() {
    let silent = serde_json::json!("silent");
    let mut scope =
        scope(ACCOUNT, vec![app("a", &silent), app("b", &idle(5)), app("c", &idle(200)), app("d", &idle(0))]);
    scope["apps"][3]["instance_type"] = serde_json::json!(null);
    scope["spaces"][0]["owner"] = serde_json::json!(null);
    let mut view = view(fleet(&[scope]));
    for (mark, expected) in
        [("IDLE↓", "cbda"), ("USD/H↓", "abcd"), ("OWNER↓", "bcda"), ("NEXT↓", "cbad"), ("IDLE↓", "cbda")]
    {
        let order: String = view.order.iter().filter_map(|at| view.row(*at)?.short.chars().next()).collect();
        assert_eq!(order, expected, "{mark}");
        assert!(frame(&mut view, (80, 24)).contains(mark));
        press(&mut view, KeyCode::Char('s'));
    }
}

#[test]
fn help_and_what_is_not_seen_are_shown_and_taken_away() {
    let mut view = forty();
    press(&mut view, KeyCode::Char('?'));
    insta::assert_snapshot!("help", frame(&mut view, (80, 24)));
    press(&mut view, KeyCode::Char('n'));
    assert!(frame(&mut view, (80, 24)).contains("All of it was seen."));
    press(&mut view, KeyCode::Char('n'));
    assert!(frame(&mut view, (80, 24)).contains("space-39"));
    press(&mut view, KeyCode::Char('w'));
    assert!(view.is_paused() && frame(&mut view, (80, 24)).contains("PAUSED"));
    press(&mut view, KeyCode::Char('w'));
    assert!(!view.is_paused());
}
