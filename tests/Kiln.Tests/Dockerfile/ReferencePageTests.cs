// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;
using Kiln.Planning.Stages;
using Kiln.Tests.ArchitectureRules;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>Holds docs/reference/dockerfile.md against what the parser knows: nothing is on one side alone.</summary>
public sealed partial class ReferencePageTests
{
    private static readonly Dictionary<string, string> Sections = Checkout.Read("docs/reference/dockerfile.md").Split("\n## ").Skip(1)
        .ToDictionary(section => section[..section.IndexOf('\n')]);

    [Fact]
    public void Every_instruction_is_on_the_page() =>
        Assert.Equal(InstructionTable.Names, Rows("Instructions").Select(row => Assert.Single(Words(row[0]))));

    [Fact]
    public void Every_flag_is_on_the_page()
    {
        IEnumerable<(string, string)> known = InstructionTable.Names.SelectMany(name => InstructionTable.FlagsOf(name).Select(flag => (name, $"--{flag.Name}")));

        Assert.Equal(known.Order(), Rows("Flags").Select(row => (Assert.Single(Words(row[0])), Assert.Single(Words(row[1])))).Order());
    }

    [Fact]
    public void Every_mount_type_and_option_is_on_the_page()
    {
        IEnumerable<string> written = Rows("Mounts").SelectMany(row => Words(row[0]));

        Assert.Equal(MountReader.Types.Concat(MountReader.Keys).Order(), written.Order());
        Assert.All(MountReader.Sharings, sharing => Assert.Contains($"`{sharing}`", Sections["Mounts"], StringComparison.Ordinal));
    }

    [Fact]
    public void Every_directive_is_on_the_page()
    {
        Assert.Equal(DirectiveLine.Names.Order(), Rows("Directives").SelectMany(row => Words(row[0])).Order());
        Assert.All(CheckOptions.Keys, option => Assert.Contains($"`{option}`", Sections["Directives"], StringComparison.Ordinal));
    }

    [Fact]
    public void Every_modifier_is_on_the_page()
    {
        IEnumerable<string> signs = Enumerable.Range('!', '~' - '!').Select(c => ((char)c).ToString()).Where(c => !char.IsLetterOrDigit(c[0]) && c is not ("_" or "}"));
        IEnumerable<string> known = signs.Concat(signs.Select(sign => $":{sign}")).Where(IsSupported).Concat(["##", "%%", "//"]);

        string[] supported = [.. Rows("Variables").Where(row => row[2] == "supported").SelectMany(row => Words(row[0]))];
        Assert.Equal(known.Order(), supported.Order());
        Assert.All(Rows("Variables").Where(row => row[2] != "supported").SelectMany(row => Words(row[0])), refused => Assert.False(IsSupported(refused)));
    }

    [Fact]
    public void Every_predefined_argument_is_on_the_page()
    {
        var globals = new GlobalScope(DockerfileParser.Parse(new SourceText("Dockerfile", "FROM a")), Plans.Options);

        Assert.Equal(globals.Names.Concat(StagePlanner.ProxyArgs).Order(), Rows("Predefined arguments").SelectMany(row => Words(row[0])).Order());
    }

    [Fact]
    public void Every_row_says_whether_it_is_supported_and_where_not_why() => Assert.All(Sections.Keys.SelectMany(Rows), row =>
    {
        Assert.Matches("supported|refused|recorded", row[^1]);
        if (row[^1].Contains("refused", StringComparison.Ordinal))
            Assert.Matches("refused: .+", row[^1]);
    });

    private static bool IsSupported(string modifier)
    {
        try
        {
            new WordExpander('\\').Expand($"${{A{modifier}x{(modifier.Contains('/') ? "/y" : "")}}}", _ => "x", span: null);
            return true;
        }
        catch (BuildException)
        {
            return false;
        }
    }

    private static IEnumerable<string[]> Rows(string section) => Sections[section].Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && Words(line).Any())
        .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries));

    private static IEnumerable<string> Words(string cell) => Quoted().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
