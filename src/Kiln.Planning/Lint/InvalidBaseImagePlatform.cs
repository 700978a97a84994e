// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;

namespace Kiln.Planning.Lint;

/// <summary>A base image is for the platform that the stage is built for. Variants may differ.</summary>
public static class InvalidBaseImagePlatform
{
    public static LintRule Rule { get; } = new("InvalidBaseImagePlatform", "Base image platform does not match expected target platform");

    /// <param name="from">Where the image is named.</param>
    /// <param name="name">The image as it is named, expanded.</param>
    /// <param name="expected">What was asked for.</param>
    /// <param name="actual">What the image's configuration says.</param>
    /// <param name="log">Where the finding goes.</param>
    internal static void Check(FromInstruction from, string name, Platform expected, Platform actual, LintLog log)
    {
        if (expected.Os != actual.Os || expected.Architecture != actual.Architecture)
            log.Report(
                Rule, from, $"Base image {name} was pulled with platform \"{actual}\", expected \"{expected}\" for current build", from.BaseName);
    }
}
