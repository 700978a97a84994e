// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>The last comment above an `ARG` or a named stage begins with its name and describes it.</summary>
public static class InvalidDefinitionDescription
{
    public static LintRule Rule { get; } = new(
        "InvalidDefinitionDescription",
        "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, "
            + "add an empty line or comment between the instruction and the comment.")
    { IsExperimental = true };

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (Instruction instruction in document.Instructions)
        {
            if (NamesOf(instruction) is not [var first, ..] names || instruction.Origin.Comments is not [.., var comment])
                continue;
            if (!names.Contains(comment.Split(' ')[0]))
                log.Report(
                    Rule, instruction,
                    $"Comment for {instruction.Origin.Word.ToUpperInvariant()} should follow the format: `# {(names.Count == 1 ? first : "<arg_key>")} <description>`");
        }
    }

    private static IReadOnlyList<string> NamesOf(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => [.. arg.Declarations.Select(declaration => declaration.Name)],
        FromInstruction { StageName: { } name } => [name],
        _ => [],
    };
}
