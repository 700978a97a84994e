// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// Go's filepath.Match for one component of a path, which is what the wildcards of `COPY` and `ADD` are: `*`, `?`, `[a-z]`, `[^a-z]`
/// and a backslash before a literal character.
/// </summary>
public sealed class GoPathMatch
{
    private readonly GlobProgram _program;

    private GoPathMatch(GlobProgram program) => _program = program;

    /// <summary>The compiled pattern; null where it is malformed, and then matches nothing.</summary>
    public static GoPathMatch? Compile(string pattern) =>
        GlobCompiler.Compile(pattern) is { } program ? new GoPathMatch(program) : null;

    /// <summary>Whether a pattern has a wildcard that is not escaped. Without one it is a plain name, backslashes included.</summary>
    public static bool HasWildcard(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (pattern[i] is '*' or '?' or '[')
                return true;
        }
        return false;
    }

    public bool Matches(ReadOnlySpan<byte> name) => _program.Matches(name);
}
