use std::io::Read;
use std::process::exit;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    match std::env::args().nth(1).as_deref() {
        None => println!("{} words", text.split_whitespace().count()),
        Some("--lines") => println!("{} lines", text.lines().count()),
        Some(other) => {
            eprintln!("no such option: {other}");
            exit(2);
        }
    }
}

#[test]
fn counts() {
    assert_eq!("a b".split_whitespace().count(), 2);
}
