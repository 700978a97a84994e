// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Lint;

/// <summary>
/// Collects what rules find in one Dockerfile and leaves out what its `check` directive, or a `# check=` comment above the
/// instruction, skips. Nothing is in it twice.
/// </summary>
/// <param name="options">What the directive says, or what was said in its place.</param>
public sealed class LintLog(CheckOptions options)
{
    private readonly HashSet<LintFinding> _findings = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<LintFinding> Findings => [.. _findings.OrderBy(finding => finding.Span.Start)];

    /// <summary>Whether a finding is an error.</summary>
    public bool FindingsAreErrors => options.Error;

    /// <param name="rule">The rule that is broken.</param>
    /// <param name="instruction">The instruction that breaks it, whose comments can skip the rule.</param>
    /// <param name="message">In BuildKit's words.</param>
    /// <param name="words">What of the instruction's first line is meant: the first of these that stands there, otherwise all of it.</param>
    public void Report(LintRule rule, Instruction instruction, string message, params IEnumerable<string> words) =>
        Report(instruction, new LintFinding(rule, message, InstructionPlace.Find(instruction, words)));

    /// <summary>A finding that a base image which was not looked at could prove wrong.</summary>
    public void ReportUncertain(LintRule rule, Instruction instruction, string message, params IEnumerable<string> words) =>
        Report(instruction, new LintFinding(rule, message, InstructionPlace.Find(instruction, words)) { IsUncertain = true });

    public void Report(Instruction instruction, LintFinding finding)
    {
        if (Runs(finding.Rule, instruction))
            _findings.Add(finding);
    }

    /// <summary>Whether a rule is looked at where an instruction stands.</summary>
    public bool Runs(LintRule rule, Instruction instruction) => options.MergedWith(instruction.Origin.Comments).Runs(rule);
}
