// Weight says what is in a Go program: bytes of code and data by module, as a table in markdown.
//
//	bin/bench/weight PROGRAM     for Linux, with its symbols
//
// What no symbol names (tables of line numbers, of types and for the collector) is a row of its own.
package main

import (
	"cmp"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"os"
	"slices"
	"strings"
)

// few is the share of the program below which a module has no row of its own.
const few = 0.005

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: weight PROGRAM")
		os.Exit(2)
	}
	if err := weigh(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "weight:", err)
		os.Exit(1)
	}
}

type row struct {
	module     string
	code, data int64
}

func (r row) all() int64 { return r.code + r.data }

func weigh(program string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	modules := []string{info.Main.Path}
	for _, d := range info.Deps {
		modules = append(modules, d.Path)
	}
	rows, stripped, err := symbols(program, modules)
	if err != nil {
		return err
	}
	named, rest := int64(0), row{module: "smaller modules"}
	for _, r := range rows {
		named += r.all()
	}
	fmt.Printf("| module | code, kB | data, kB | share |\n|---|---:|---:|---:|\n")
	for _, r := range rows {
		if float64(r.all()) < few*float64(stripped) {
			rest.code, rest.data = rest.code+r.code, rest.data+r.data
			continue
		}
		print1(r, stripped)
	}
	print1(rest, stripped)
	print1(row{module: "tables without a symbol: lines, types, collector", data: stripped - named}, stripped)
	fmt.Printf("| **all, stripped** | | %d | 100 %% |\n", stripped/1000)
	return nil
}

func print1(r row, whole int64) {
	fmt.Printf("| %s | %d | %d | %.1f %% |\n", r.module, r.code/1000, r.data/1000, 100*float64(r.all())/float64(whole))
}

// symbols adds up the symbols of each module, the largest first, and gives the bytes of all sections
// that are loaded. Sections without content in the file, as of zeroed variables, count nothing.
func symbols(program string, modules []string) (rows []row, loaded int64, err error) {
	f, err := elf.Open(program)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	list, err := f.Symbols()
	if err != nil {
		return nil, 0, fmt.Errorf("list the symbols of %s: %w", program, err)
	}
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			loaded += int64(s.Size)
		}
	}
	by := map[string]*row{}
	for _, s := range list {
		if int(s.Section) >= len(f.Sections) {
			continue
		}
		section, of := f.Sections[s.Section], moduleOf(s.Name, modules)
		if by[of] == nil {
			by[of] = &row{module: of}
		}
		switch {
		case section.Name == ".text":
			by[of].code += int64(s.Size)
		case section.Flags&elf.SHF_ALLOC != 0 && section.Type != elf.SHT_NOBITS && section.Name != ".gopclntab":
			by[of].data += int64(s.Size)
		}
	}
	for _, r := range by {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(b.all(), a.all()), strings.Compare(a.module, b.module)) })
	return rows, loaded, nil
}

// moduleOf is the longest module path that a symbol begins with; what has none is the standard
// library's, the runtime among it.
func moduleOf(symbol string, modules []string) string {
	symbol = strings.TrimPrefix(strings.TrimPrefix(symbol, "type:"), ".eq.")
	symbol = strings.ReplaceAll(symbol, "%2e", ".")
	best := "standard library and runtime"
	if strings.HasPrefix(symbol, "main.") {
		return modules[0]
	}
	longest := 0
	for _, m := range modules {
		if len(m) > longest && strings.HasPrefix(symbol, m) && strings.ContainsAny(symbol[len(m):min(len(m)+1, len(symbol))], "./") {
			best, longest = m, len(m)
		}
	}
	return best
}
