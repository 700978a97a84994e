// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A program and its arguments, written as a JSON array. It can be empty.</summary>
public sealed record ExecCommandLine(IReadOnlyList<string> Arguments) : CommandLine;
