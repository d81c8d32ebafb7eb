package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/greeter/internal/greet"
)

var version = "none"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "check" {
		answer, err := http.Get("http://127.0.0.1:8080/version")
		if err != nil || answer.StatusCode != 200 {
			os.Exit(1)
		}
		return
	}
	name := os.Getenv("GREETED")
	if name == "" {
		name = "world"
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, greet.Text(name))
	})
	http.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, version)
	})
	http.HandleFunc("/zone", func(w http.ResponseWriter, _ *http.Request) {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		fmt.Fprintln(w, time.Unix(0, 0).In(zone))
	})
	http.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir("static"))))
	log.Fatal(http.ListenAndServe(":8080", nil))
}
