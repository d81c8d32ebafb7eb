// Package greet says hello.
package greet

import "fmt"

// Text greets somebody.
func Text(name string) string {
	return fmt.Sprintf("Hello, %s!\n", name)
}
