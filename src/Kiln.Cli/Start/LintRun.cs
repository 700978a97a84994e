// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Fetching;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering.Reports;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Lint;
using Kiln.Planning;
using Kiln.Planning.Lint;

namespace Kiln.Cli.Start;

/// <summary>Checks the Dockerfiles that `kiln lint` names. No registry is asked: what base images say is not known here.</summary>
internal sealed class LintRun
{
    private const string StandardInput = "-";

    private readonly BuildArguments _arguments;
    private readonly FetchedContext _context;
    private readonly PlanOptions _options;

    internal LintRun(BuildArguments arguments, IReadOnlyDictionary<string, string> environment)
    {
        _arguments = arguments;
        _context = new FetchedContext(ContextArguments.FindDirectory(arguments.Context), IsForeign: false);
        _options = new RequestFactory(environment).MakePlan(arguments);
        _options = _options with { AllStages = _options.Target is null };
    }

    /// <summary>A report for each file; one that is no Dockerfile, or is not there, has its errors in its report.</summary>
    internal IReadOnlyList<LintReport> Check(IReadOnlyList<string> files) =>
        [.. (files.Count > 0 ? files.Distinct() : [_arguments.Dockerfile]).Select(Check)];

    private LintReport Check(string file)
    {
        string name = file;
        LintLog? log = null;
        IReadOnlyList<Diagnostic> errors = [];
        try
        {
            (SourceText source, SourceText? ignoreFile) = Read(file);
            name = source.Name;
            PlanOptions options = _options with { IgnoreFile = ignoreFile };
            DockerfileDocument document = DockerfileParser.Parse(source);
            if (SourceDateEpoch.FindSource(document, options) is not null)
                options = SourceDateEpoch.Resolve(options, null);
            log = PlanLint.Begin(document, options);
            new BuildPlanner(document, options, log).Complete();
        }
        catch (BuildException e)
        {
            // Not the end: the other files are checked too, and a report in JSON or SARIF holds the errors.
            errors = [e.Diagnostic, .. e.Further];
        }
        return new LintReport(name, log?.Findings ?? [], errors) { FindingsAreErrors = _arguments.FindingsAreErrors || log is { FindingsAreErrors: true } };
    }

    private (SourceText Source, SourceText? IgnoreFile) Read(string file)
    {
        if (file == StandardInput)
        {
            using var reader = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
            return (new SourceText("stdin", reader.ReadToEnd()), ContextFiles.ReadIgnoreFile(Path.Combine(_context.Directory, "Dockerfile"), _context));
        }
        (string path, SourceText source) = ContextFiles.ReadDockerfile(file, _context);
        return (new SourceText(DisplayName(source.Name), source.Text), ContextFiles.ReadIgnoreFile(path, _context));
    }

    /// <summary>Relative to the working directory, as others who read a report will look for it.</summary>
    private string DisplayName(string nameInContext)
    {
        string path = Path.GetFullPath(nameInContext, _context.Directory);
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("../", StringComparison.Ordinal) ? path : relative;
    }
}
