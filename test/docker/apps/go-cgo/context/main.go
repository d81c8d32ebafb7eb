package main

// #cgo LDFLAGS: -lm
// #include <math.h>
import "C"

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	number, err := strconv.ParseFloat(os.Args[len(os.Args)-1], 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "not a number")
		os.Exit(3)
	}
	fmt.Printf("%.6f\n", float64(C.sqrt(C.double(number))))
}
