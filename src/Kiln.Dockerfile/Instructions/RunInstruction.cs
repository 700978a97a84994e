// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>`RUN [flags] command`.</summary>
public sealed record RunInstruction(InstructionOrigin Origin, CommandLine Command) : Instruction(Origin)
{
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    public IReadOnlyList<RunMount> Mounts { get; init; } = [];

    public RunNetwork Network { get; init; }

    public RunSecurity Security { get; init; }

    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The heredoc that is the whole command, and so a script of its own; null where the command is more than that.</summary>
    public Heredoc? Script =>
        Command is ShellCommandLine { Text: string text } && Heredocs is [{ } first, ..] && HeredocWord.Parse(text) is not null ? first : null;

    /// <summary>
    /// The command with the heredocs below it, for a shell to read; null for the exec form. A <see cref="Script"/> stands for
    /// itself.
    /// </summary>
    public string? ShellText => Command is not ShellCommandLine { Text: string text } ? null
        : Script is { } script ? script.Content
        : text + string.Concat(Heredocs.Select(heredoc => $"\n{heredoc.Body}{heredoc.Name}"));

    public override T Accept<T>(IInstructionVisitor<T> visitor) => visitor.VisitRun(this);
}
