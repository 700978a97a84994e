// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>What the documents name has to be there.</summary>
public sealed partial class DocumentTests
{
    private const string Decisions = "docs/decisions/";

    public static TheoryData<string> Documents => [.. Checkout.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Documents))]
    public void A_relative_link_leads_to_something(string document)
    {
        string directory = Path.GetDirectoryName(Checkout.Full(document))!;
        IEnumerable<string> targets = Link().Matches(Checkout.Read(document)).Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(directory, target)), $"{document} links to {target}"));
    }

    [Theory, MemberData(nameof(Documents))]
    public void A_link_into_a_page_leads_to_a_heading(string document)
    {
        string directory = Path.GetDirectoryName(Checkout.Full(document))!;
        IEnumerable<string[]> targets = Link().Matches(Checkout.Read(document)).Select(match => match.Groups[1].Value.Split('#'))
            .Where(target => target.Length == 2 && (target[0].Length == 0 || target[0].EndsWith(".md", StringComparison.Ordinal)) && !target[0].Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target => Assert.Contains(target[1], Anchors(target[0].Length == 0 ? Checkout.Full(document) : Path.Combine(directory, target[0]))));
    }

    [Fact]
    public void Every_page_is_in_the_index()
    {
        IEnumerable<string> pages = Checkout.Files.Where(file => file.StartsWith("docs/guide/", StringComparison.Ordinal) || file.StartsWith("docs/reference/", StringComparison.Ordinal))
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal));

        Assert.All(pages, page => Assert.Contains($"]({page["docs/".Length..]})", Checkout.Read("docs/README.md"), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Documents))]
    public void A_path_of_the_checkout_that_is_named_is_there(string document)
    {
        IEnumerable<string> paths = NamedPath().Matches(Checkout.Read(document)).Select(match => match.Groups[1].Value);

        Assert.All(paths, path => Assert.True(Path.Exists(Checkout.Full(path)), $"{document} names {path}"));
    }

    [Fact]
    public void Every_decision_is_listed_under_its_own_title_and_in_order()
    {
        IEnumerable<string> rows = from file in Checkout.Files
                                   where DecisionFile().IsMatch(file)
                                   let title = Checkout.Lines(file)[0]["# ".Length..]
                                   select $"| [{title[..4]}]({Path.GetFileName(file)}) | {title["0000. ".Length..]} |";

        Assert.Equal(rows, Checkout.Lines(Decisions + "README.md").Where(line => line.StartsWith("| [", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_say_context_choice_and_consequences()
    {
        string[] decisions = [.. Checkout.Files.Where(file => DecisionFile().IsMatch(file))];

        Assert.Equal(Enumerable.Range(1, decisions.Length), decisions.Select(file => int.Parse(Path.GetFileName(file)[..4])));
        Assert.All(decisions, file => Assert.Equal(
            ["## Context", "## Choice", "## Consequences"], Checkout.Lines(file).Where(line => line.StartsWith("## ", StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_project_is_on_the_map() =>
        Assert.All(Checkout.Product, project => Assert.Contains($"### {project.Name}", Checkout.Lines("ARCHITECTURE.md")));

    /// <summary>A heading as GitHub names it: in lower case, without marks, with `-` for each blank.</summary>
    private static IEnumerable<string> Anchors(string page) => File.ReadLines(page).Where(line => line.StartsWith('#'))
        .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests?|docs|examples|deploy|images|bench)/[\w./-]+)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"^docs/decisions/\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionFile();
}
