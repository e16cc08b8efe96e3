//go:build tools

// Package tools pins Pulumi's YAML language host that the toolchain builds where it can't be downloaded.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
