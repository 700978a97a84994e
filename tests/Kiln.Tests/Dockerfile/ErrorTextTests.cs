// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Kiln.Cli.Rendering;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Tests.ArchitectureRules;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>
/// What a user reads about each thing that can be wrong with a Dockerfile: `Errors.golden` holds Dockerfiles and the texts.
/// KILN_UPDATE_GOLDEN=1 writes the texts anew, to be read before they are kept.
/// </summary>
public sealed partial class ErrorTextTests
{
    private const string File = "tests/Kiln.Tests/Dockerfile/Errors.golden";
    private const string Title = "======== ";
    private const string Below = "--------\n";

    /// <summary>Errors that need more than a plan.</summary>
    private static readonly DiagnosticRule[] Elsewhere = [DiagnosticRules.SecretMissing, DiagnosticRules.LintViolation];

    [Fact]
    public void Every_error_reads_as_it_was_last_approved()
    {
        string approved = Checkout.Read(File);
        string[] blocks = approved.Split(Title);
        string actual = blocks[0] + string.Concat(blocks.Skip(1).Select(block =>
        {
            string input = block[..(block.IndexOf(Below, StringComparison.Ordinal) + Below.Length)];
            return Title + input + ErrorOf(input[(input.IndexOf('\n') + 1)..^Below.Length]) + "\n";
        }));
        if (Environment.GetEnvironmentVariable("KILN_UPDATE_GOLDEN") == "1")
            System.IO.File.WriteAllText(Checkout.Full(File), actual.TrimEnd('\n') + "\n");

        Assert.Equal(approved.TrimEnd('\n'), actual.TrimEnd('\n'));
    }

    [Fact]
    public void Every_rule_of_Dockerfiles_and_their_plans_has_an_example()
    {
        string approved = Checkout.Read(File);
        IEnumerable<DiagnosticRule> rules = DiagnosticReference.Rows.Select(row => row.Rule)
            .Where(rule => rule.Code[..6] is "KILN10" or "KILN15").Except(Elsewhere);

        Assert.All(rules, rule => Assert.Contains($"error {rule.Code}: ", approved, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_error_in_a_Dockerfile_has_a_place_and_points_to_less_than_a_line_of_words()
    {
        string[] texts = [.. Checkout.Read(File).Split(Title).Skip(1).Select(block => block[block.IndexOf(Below, StringComparison.Ordinal)..])];

        Assert.All(texts.SelectMany(text => Heading().Matches(text)), heading => Assert.NotEmpty(heading.Groups["place"].Value));
    }

    private static string ErrorOf(string input)
    {
        string[] lines = input.Split('\n');
        string[] settings = [.. lines.TakeWhile(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..])];
        string text = Repeated().Replace(string.Join('\n', lines.Skip(settings.Length)), match => new string(match.Value[2], int.Parse(match.Groups[1].Value)));
        Exception? thrown = Record.Exception(() =>
        {
            if (settings.Contains("ignore file"))
                IgnoreFile.Parse(new SourceText(".dockerignore", text));
            else
                Plans.Of(text, OptionsOf(settings), FindImage);
        });
        return thrown is BuildException error
            ? DiagnosticText.Format([error.Diagnostic, .. error.Further], new Style(colour: false))
            : $"no error, but {thrown?.ToString() ?? "a plan"}\n";
    }

    private static PlanOptions OptionsOf(string[] settings)
    {
        IEnumerable<KeyValuePair<string, string>> Pairs(string name) =>
            from setting in settings
            where setting.StartsWith($"{name} ", StringComparison.Ordinal)
            let pair = setting[(name.Length + 1)..].Split('=', 2)
            select KeyValuePair.Create(pair[0], pair[1]);
        return Plans.Options with
        {
            BuildArgs = [.. Pairs("build-arg")],
            NamedContexts = new NamedContexts(Pairs("build-context")),
            Target = settings.FirstOrDefault(setting => setting.StartsWith("target ", StringComparison.Ordinal))?["target ".Length..],
        };
    }

    private static ImageConfig FindImage(ImageSource image) =>
        BaseImages.Image(new ContainerConfig { OnBuild = image.Reference.Repository == "library/triggers" ? ["RUN a\nRUN b"] : [] });

    /// <summary>`{{a*70000}}` is a text of that length.</summary>
    [GeneratedRegex(@"\{\{.\*(\d+)\}\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"^(?<place>Dockerfile:\d+:\d+: |\.dockerignore:\d+:\d+: )?error KILN1(0|5(?!0[3]|14|16))", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();
}
