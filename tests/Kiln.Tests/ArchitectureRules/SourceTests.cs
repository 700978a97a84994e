// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>What STYLE.md asks of every source file and no analyzer checks.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 500;
    private const int MostTestLines = 800;

    [Fact]
    public void Every_source_file_begins_with_its_licence() =>
        Assert.All(Checkout.Sources, file => Assert.Equal("// SPDX-License-Identifier: Apache-2.0", Checkout.Lines(file)[0]));

    [Fact]
    public void No_source_file_is_too_long() =>
        Assert.All(Checkout.Sources, file => Assert.InRange(
            Checkout.Lines(file).Length, 1, file.StartsWith("src/", StringComparison.Ordinal) ? MostLines : MostTestLines));

    [Fact]
    public void A_namespace_is_its_folder() => Assert.All(Checkout.Sources, file =>
    {
        if (Namespace().Match(Checkout.Read(file)) is { Success: true } match)
            Assert.Equal(Path.GetDirectoryName(file)!.Split('/', 2)[1].Replace('/', '.'), match.Groups["name"].Value);
    });

    [Fact]
    public void Nothing_is_put_off_to_later() => Assert.All(Checkout.Sources, file => Assert.DoesNotMatch(PutOff(), Checkout.Read(file)));

    [Fact]
    public void No_name_says_that_nobody_knew_what_to_call_it()
    {
        IEnumerable<string> types = Checkout.Sources.SelectMany(file => TypeName().Matches(Checkout.Read(file)).Select(match => match.Groups[1].Value));
        IEnumerable<string> folders = Checkout.Sources.SelectMany(file => file.Split('/', '.')).Distinct();

        // "Credential helper" is what Docker calls those programs.
        Assert.DoesNotContain(types.Concat(folders).Except(["CredentialHelper"]), name => Drawer().IsMatch(name));
    }

    [Fact]
    public void The_environment_and_the_working_directory_are_read_in_Kiln_Cli_alone()
    {
        IEnumerable<string> below = Checkout.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && !file.StartsWith("src/Kiln.Cli/", StringComparison.Ordinal));

        Assert.All(below, file => Assert.DoesNotMatch(AmbientWorld(), Checkout.Read(file)));
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    // Written apart, so that this file does not match.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X|NotImplemented" + @"Exception)\b")]
    private static partial Regex PutOff();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum) +(?!class\b|struct\b)([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(^|[a-z0-9])(Common|Core|Utils?|Utility|Utilities|Helpers?|Misc|Managers?|Base|Impl)$")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"\b(GetEnvironmentVariables?|GetCurrentDirectory|Environment\.CurrentDirectory|Path\.GetFullPath|TimeProvider\.System|Console\.\w+)\b")]
    private static partial Regex AmbientWorld();
}
