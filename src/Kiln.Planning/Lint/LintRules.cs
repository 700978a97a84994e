// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Lint;

namespace Kiln.Planning.Lint;

/// <summary>The one table of checks, in the order in which Docker's documentation lists them.</summary>
public static class LintRules
{
    public static IReadOnlyList<LintRule> All { get; } =
    [
        StageNameCasing.Rule,
        FromAsCasing.Rule,
        NoEmptyContinuation.Rule,
        ConsistentInstructionCasing.Rule,
        DuplicateStageName.Rule,
        ReservedStageName.Rule,
        JSONArgsRecommended.Rule,
        MaintainerDeprecated.Rule,
        UndefinedArgInFrom.Rule,
        WorkdirRelativePath.Rule,
        UndefinedVar.Rule,
        MultipleInstructionsDisallowed.Rule,
        LegacyKeyValueFormat.Rule,
        InvalidBaseImagePlatform.Rule,
        RedundantTargetPlatform.Rule,
        SecretsUsedInArgOrEnv.Rule,
        InvalidDefaultArgInFrom.Rule,
        FromPlatformFlagConstDisallowed.Rule,
        CopyIgnoredFile.Rule,
        InvalidDefinitionDescription.Rule,
        ExposeProtoCasing.Rule,
        ExposeInvalidFormat.Rule,
    ];
}
