//go:build tools

// Package tools pins what the generated Go SDK is built on: its go.mod and go.sum go with it.
package tools

import (
	_ "github.com/blang/semver"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
