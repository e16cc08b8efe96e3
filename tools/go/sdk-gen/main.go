// Command sdk-gen writes the SDKs of a Pulumi package schema for Node, Python and Go.
//
// The CLI's own `pulumi package gen-sdk` needs a language host for each, and of those only Node's is to be had as a module; the generators are
// libraries of the CLI, which need none.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/blang/semver"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-msp"

type files = map[string][]byte

var languages = []struct {
	name     string
	generate func(*schema.Package) (files, error)
}{
	{"nodejs", func(pkg *schema.Package) (files, error) {
		made, err := nodejs.GeneratePackage(tool, pkg, nil, nil, false, noPackages{})
		return withReadonlyLists(made), err
	}},
	{"python", func(pkg *schema.Package) (files, error) {
		return python.GeneratePackage(tool, pkg, nil, noPackages{})
	}},
	{"go", func(pkg *schema.Package) (files, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	}},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sdk-gen SCHEMA FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(schemaFile, folder string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	if err := conforms(text); err != nil {
		return fmt.Errorf("%s: %w", schemaFile, err)
	}
	for _, language := range languages {
		// A generator changes the package that it is given: each gets its own.
		pkg, err := bind(text)
		if err != nil {
			return fmt.Errorf("%s: %w", schemaFile, err)
		}
		made, err := language.generate(pkg)
		if err != nil {
			return fmt.Errorf("%s: %w", language.name, err)
		}
		if err := write(filepath.Join(folder, language.name), made); err != nil {
			return err
		}
	}
	return nil
}

// conforms holds the text to Pulumi's schema of package schemas. Binding alone, and so `pulumi schema check`, passes over a key that it does not know.
func conforms(text []byte) error {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return schema.MetaSchema.Validate(value)
}

func bind(text []byte) (*schema.Package, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, noPackages{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, diagnostics
	}
	return pkg, nil
}

var inputList = regexp.MustCompile(`pulumi\.Input<(pulumi\.Input<[^<>]+>\[\])`)

// withReadonlyLists makes the arguments of the Node SDK take a list that nobody may change, as those of pulumi-msp's own classes do.
// Its generator asks for one that may be changed, and changes none.
func withReadonlyLists(made files) files {
	for name, text := range made {
		if strings.HasSuffix(name, ".ts") {
			made[name] = inputList.ReplaceAll(text, []byte("pulumi.Input<readonly $1"))
		}
	}
	return made
}

func write(folder string, made files) error {
	for name, text := range made {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var errAlone = errors.New("the package schema refers to no other package")

// noPackages is the loader of a schema that stands alone.
type noPackages struct{}

func (noPackages) LoadPackage(string, *semver.Version) (*schema.Package, error) {
	return nil, errAlone
}

func (noPackages) LoadPackageV2(context.Context, *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, errAlone
}

func (noPackages) LoadPackageReference(string, *semver.Version) (schema.PackageReference, error) {
	return nil, errAlone
}

func (noPackages) LoadPackageReferenceV2(context.Context, *schema.PackageDescriptor) (schema.PackageReference, error) {
	return nil, errAlone
}
