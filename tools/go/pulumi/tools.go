//go:build tools

// Package tools pins the Pulumi CLI that the toolchain builds where it can't be downloaded.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
