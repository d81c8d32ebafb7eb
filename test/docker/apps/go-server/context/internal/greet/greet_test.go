package greet

import "testing"

func TestText(t *testing.T) {
	if Text("you") != "Hello, you!\n" {
		t.Fatal(Text("you"))
	}
}
