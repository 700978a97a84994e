// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Ignore;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>
/// The rules that look at the instructions of one stage while it is planned, when their variables are expanded. The planner tells it what it
/// reads; it tells the rules, and remembers what they need of earlier instructions.
/// </summary>
internal sealed class StageLint(LintLog log, StageState state, Lazy<IgnoreMatcher?> ignored)
{
    private readonly Dictionary<Type, Instruction> _earlier = [];

    /// <summary>A word was expanded.</summary>
    internal void SeeWord(Instruction instruction, ExpandedWord word) => UndefinedVar.Check(instruction, word, state, log);

    internal void SeeArg(ArgInstruction instruction)
    {
        foreach (ArgDeclaration declaration in instruction.Declarations)
            SecretsUsedInArgOrEnv.Check(instruction, "ARG", declaration.Name, log);
    }

    /// <param name="instruction">What is looked at.</param>
    /// <param name="names">Expanded.</param>
    internal void SeeEnv(EnvInstruction instruction, IEnumerable<string> names)
    {
        LegacyKeyValueFormat.Check(instruction, log);
        foreach (string name in names)
            SecretsUsedInArgOrEnv.Check(instruction, "ENV", name, log);
    }

    internal void SeeLabel(LabelInstruction instruction) => LegacyKeyValueFormat.Check(instruction, log);

    internal void SeeCommand(Instruction instruction, CommandLine command)
    {
        JSONArgsRecommended.Check(instruction, command, state.Config.Shell, log);
        SeeOnce(instruction);
    }

    /// <summary>An instruction of which only the last in a stage counts.</summary>
    internal void SeeOnce(Instruction instruction)
    {
        MultipleInstructionsDisallowed.Check(instruction, _earlier.GetValueOrDefault(instruction.GetType()), log);
        _earlier[instruction.GetType()] = instruction;
    }

    internal void SeeWorkdir(WorkdirInstruction instruction, string path)
    {
        if (!state.WorkdirIsOwn)
            WorkdirRelativePath.Check(instruction, path, log);
        state.WorkdirIsOwn = true;
    }

    internal void SeePort(ExposeInstruction instruction, string port)
    {
        ExposeProtoCasing.Check(instruction, port, log);
        ExposeInvalidFormat.Check(instruction, port, log);
    }

    /// <summary>A path in the build context.</summary>
    internal void SeeContextPath(Instruction instruction, string path)
    {
        if (ignored.Value is { } matcher)
            CopyIgnoredFile.Check(instruction, path, matcher, log);
    }
}
