// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>Patterns in the ignore file's language, matched against byte paths: the ignore file itself, `--exclude`, `--parents` sources.</summary>
public sealed class PathPatterns(IgnoreMatcher matcher) : IContextFilter
{
    public static PathPatterns None { get; } = new(new IgnoreMatcher([]));

    public static PathPatterns Parse(IEnumerable<string> patterns, SourceSpan span) =>
        new(new IgnoreMatcher([.. patterns.Select(p => IgnorePattern.Parse(p, span)).OfType<IgnorePattern>()]));

    /// <summary>Whether a path, or a directory above it, is matched by the last rule that says something. The root never is.</summary>
    public bool Matches(UnixPath path) => !path.IsRoot && matcher.Ignores(path.Bytes);

    /// <summary>Whether an exception (`!`) could take something below a matched directory out again.</summary>
    public bool MayExceptBelow(UnixPath directory) => !matcher.IgnoresTree(directory.Bytes);

    bool IContextFilter.IsExcluded(UnixPath path) => Matches(path);

    bool IContextFilter.MayRevealBelow(UnixPath directory) => MayExceptBelow(directory);
}
