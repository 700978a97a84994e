// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A text that a shell reads.</summary>
public sealed record ShellCommandLine(string Text) : CommandLine;
