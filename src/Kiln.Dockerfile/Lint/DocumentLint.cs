// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Lint;

/// <summary>The rules that need nothing but the text. They look at all of it, also at stages that nobody needs.</summary>
public static class DocumentLint
{
    private static readonly Action<DockerfileDocument, LintLog>[] Rules =
    [
        StageNameCasing.Check,
        FromAsCasing.Check,
        NoEmptyContinuation.Check,
        ConsistentInstructionCasing.Check,
        DuplicateStageName.Check,
        ReservedStageName.Check,
        MaintainerDeprecated.Check,
        InvalidDefinitionDescription.Check,
    ];

    public static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (Action<DockerfileDocument, LintLog> rule in Rules)
            rule(document, log);
    }
}
