// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;

namespace Kiln.Fuzz;

/// <summary>The expansion of words and of heredocs' bodies.</summary>
internal sealed class ExpansionTarget : IFuzzTarget
{
    public string Name => "expansion";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "$", "${", "}", "A", "B", "U", "$A", "${A", "${U", ":", "-", ":-", ":+", ":?", "?", "#", "##", "%", "%%", "/", "//", "*", "?", "\\", "\\\\", "`", "'", "\"",
        " ", "x", "1", "@", "!", "$0", "$1", "[", "]", ".", "\n", "\u00FC", "\U0001F600", "\uFEFF", "\uFFFD", "${A//", "${A#*", "${U:-${U:-");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of(
        "${A#*.}", "${A%%.*}x", "${A//o*/$0}", "${A/./_}", "\"a $A\" 'b' c\\ d", "${U:-${B:+x}${A:?no}}", "${A//a?/\\/}y", "`$A${U-`}}");

    public void Read(byte[] input)
    {
        string word = Inputs.Text(input);
        var source = new SourceText("Dockerfile", word);
        var span = new SourceSpan(source, 0, word.Length);
        foreach (char escape in "\\`")
        {
            var expander = new WordExpander(escape);
            foreach (Action expand in (Action[])[
                () => expander.Expand(word, Find, span), () => expander.ExpandHeredocBody(word, Find, span), () => expander.ExpandWords(word, Find, span)])
            {
                try
                {
                    expand();
                }
                catch (BuildException error)
                {
                    FuzzException.Require(error.Diagnostic.Span is { Start: >= 0 } place && place.End <= word.Length, "an error lies outside of the word");
                }
            }
        }
    }

    private static string? Find(string name) => name switch
    {
        "A" => "foo.bar\n$0 b\u00FCz",
        "B" => "",
        _ => null,
    };
}
