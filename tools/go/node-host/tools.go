//go:build tools

// Package tools pins Pulumi's Node language host that the toolchain builds where it can't be downloaded.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
