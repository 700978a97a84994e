// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>A heredoc with its body as it stands in the file, line ends and leading tabs included.</summary>
public sealed record Heredoc(HeredocWord Word, string Body)
{
    public string Name => Word.Name;

    /// <summary>The body without what `&lt;&lt;-` takes away: the tabs at the start of each line.</summary>
    public string Content => Word.Chomp ? Chomp(Body) : Body;

    private static string Chomp(string body) => string.Join('\n', body.Split('\n').Select(line => line.TrimStart('\t')));
}
