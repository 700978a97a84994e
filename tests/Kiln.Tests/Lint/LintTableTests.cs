// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Lint;
using Xunit;

namespace Kiln.Tests.Lint;

/// <summary>The table of checks.</summary>
public sealed class LintTableTests
{
    [Fact]
    public void Every_rule_is_in_the_table_once_and_its_class_has_its_name()
    {
        IEnumerable<(string, LintRule)> declared = new[] { typeof(LintRule).Assembly, typeof(LintRules).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(property => property.PropertyType == typeof(LintRule))
            .Select(property => (property.DeclaringType!.Name, (LintRule)property.GetValue(null)!));

        Assert.Equal(declared.OrderBy(rule => rule.Item1), LintRules.All.Select(rule => (rule.Name, rule)).OrderBy(rule => rule.Name));
        Assert.Equal(22, LintRules.All.Count);
    }

    [Theory]
    [InlineData("StageNameCasing", "stage-name-casing")]
    [InlineData("JSONArgsRecommended", "json-args-recommended")]
    [InlineData("SecretsUsedInArgOrEnv", "secrets-used-in-arg-or-env")]
    public void A_rule_s_page_is_Docker_s(string name, string page) =>
        Assert.Equal($"https://docs.docker.com/go/dockerfile/rule/{page}/", LintRules.All.Single(rule => rule.Name == name).Url);
}
