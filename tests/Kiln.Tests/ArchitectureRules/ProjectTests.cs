// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>Holds the projects against ARCHITECTURE.md.</summary>
public sealed partial class ProjectTests
{
    /// <summary>What FsCheck and BenchmarkDotNet need, pinned with them.</summary>
    private static readonly string[] NeededByOthers =
        ["FSharp.Core", "Microsoft.CodeAnalysis.CSharp", "Microsoft.Diagnostics.Tracing.TraceEvent", "System.Management"];

    [Fact]
    public void A_project_references_what_the_table_in_ARCHITECTURE_permits_and_nothing_else()
    {
        Dictionary<string, string> permitted = ReadTable().ToDictionary(row => row.Project, row => row.References);

        Dictionary<string, string> actual = Checkout.Product.ToDictionary(project => project.Name, project => string.Join(", ", project.References));

        Assert.Equal(permitted.OrderBy(row => row.Key), actual.OrderBy(row => row.Key));
    }

    [Fact]
    public void The_table_marks_exactly_the_projects_that_carry_KilnPure()
    {
        IEnumerable<string> marked = ReadTable().Where(row => row.IsPure).Select(row => row.Project);

        Assert.Equal(Checkout.Product.Where(project => project.IsPure).Select(project => project.Name).Order(), marked.Order());
    }

    [Fact]
    public void A_pure_project_references_only_pure_ones()
    {
        HashSet<string> pure = [.. Checkout.Product.Where(project => project.IsPure).Select(project => project.Name)];

        Assert.All(Checkout.Product.Where(project => project.IsPure), project => Assert.Subset(pure, project.References.ToHashSet()));
    }

    [Fact]
    public void Unsafe_code_is_allowed_in_Kiln_Linux_alone() =>
        Assert.Equal(["Kiln.Linux"], Checkout.Projects.Where(project => project.AllowsUnsafe).Select(project => project.Name));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = XDocument.Load(Checkout.Full("Kiln.slnx"));

        IEnumerable<string?> listed = solution.Descendants("Project").Select(project => (string?)project.Attribute("Path"));

        Assert.Equal(Checkout.Projects.Select(project => (string?)project.Path).Order(), listed.Order());
    }

    [Fact]
    public void Every_package_version_that_is_pinned_is_used()
    {
        IEnumerable<string> everywhere = ProjectFile.Included(XDocument.Load(Checkout.Full("Directory.Build.props")), "PackageReference");
        HashSet<string> used = [.. Checkout.Projects.SelectMany(project => project.Packages), .. everywhere];

        IEnumerable<string> pinned = ProjectFile.Included(XDocument.Load(Checkout.Full("Directory.Packages.props")), "PackageVersion");

        Assert.Equal(used.Concat(NeededByOthers).Order(), pinned.Order());
    }

    private static IEnumerable<(string Project, bool IsPure, string References)> ReadTable() =>
        Checkout.Lines("ARCHITECTURE.md").Select(line => Row().Match(line)).Where(match => match.Success).Select(match =>
            (match.Groups["project"].Value, match.Groups["pure"].Success, string.Join(", ", Names(match.Groups["references"].Value))));

    private static IEnumerable<string> Names(string cell) =>
        cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => $"Kiln.{name}").Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<project>Kiln\.\w+)`(?<pure> \(pure\))? \| (?<references>[\w, ]*)\|$")]
    private static partial Regex Row();
}
