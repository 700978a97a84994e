// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A command: either <see cref="ShellCommandLine"/> or <see cref="ExecCommandLine"/>. The builder never expands it.</summary>
public abstract record CommandLine
{
    private protected CommandLine()
    {
    }
}
