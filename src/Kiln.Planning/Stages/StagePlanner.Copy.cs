// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Planning.Stages;

/// <content>`COPY` and `ADD`.</content>
internal sealed partial class StagePlanner
{
    public BuildStep? VisitCopy(CopyInstruction instruction)
    {
        SourceReference from = instruction.From is { } name
            ? _graph.ResolveCopyFrom(name, instruction.Origin.SpanOf(name))
            : ContextSource.Instance;
        if (_graph.FindLaterStage(from, _node) is { } later)
            throw DiagnosticRules.StageNotYetDefined.Error(
                $"cannot copy from stage \"{later.Name}\", it needs to be defined before current stage \"{_node.Name}\"",
                instruction.Origin.SpanOf(instruction.From!));
        CopyStep step = Copy(instruction, "COPY", instruction.Sources, instruction.Options, instruction.Parents, (path, span) => LocalSource(path, from, span));
        return step with { Parents = instruction.Parents };
    }

    public BuildStep? VisitAdd(AddInstruction instruction)
    {
        string? checksum = instruction.Checksum is null ? null : Expand(instruction.Checksum, instruction);
        if (checksum is not null && instruction.Sources.Paths.Count + instruction.Sources.Heredocs.Count != 1)
            throw DiagnosticRules.InvalidChecksum.Error("checksum can't be specified for multiple sources", instruction.Span, "write an `ADD` for each");
        CopyStep step = Copy(
            instruction, "ADD", instruction.Sources, instruction.Options, parents: false, (path, span) => AddSource(path, span, instruction, checksum));
        if (checksum is not null && !step.Sources.Any(s => s.IsRemote))
            throw DiagnosticRules.InvalidSource.Error("checksum requires HTTP(S) or Git sources", instruction.Span);
        return step;
    }

    private static CopySource LocalSource(string path, SourceReference from, SourceSpan span)
    {
        if (RemoteLocation.IsHttp(path))
            throw DiagnosticRules.InvalidSource.Error("source can't be a URL for COPY", span, "`ADD` takes URLs");
        if (RemoteLocation.IsGit(path))
            throw DiagnosticRules.InvalidSource.Error("source can't be a git ref for COPY", span, "`ADD` takes git repositories");
        return new CopySource(from, path, span);
    }

    private static CopySource AddSource(string path, SourceSpan span, AddInstruction instruction, string? checksum)
    {
        if (RemoteLocation.IsGit(path))
            return new CopySource(WithFlags(GitSourceParser.Parse(path, span), instruction, checksum), "/", span);
        if (!RemoteLocation.IsHttp(path))
            return new CopySource(ContextSource.Instance, path, span) { UnpackArchives = instruction.Unpack ?? true };
        if (!Uri.TryCreate(path, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
            throw DiagnosticRules.InvalidSource.Error($"`{RemoteLocation.Redact(path)}` is not a URL that a server can be asked for", span);
        var source = new HttpSource(path, checksum is null ? null : ParseChecksum(checksum, instruction.Origin.SpanOf(instruction.Checksum!)));
        return new CopySource(source, source.FileName, span) { UnpackArchives = instruction.Unpack ?? false };
    }

    private static Digest ParseChecksum(string text, SourceSpan span)
    {
        const string Cure = "write `sha256:` and 64 digits of lower-case hexadecimal, as `sha256sum` prints them";
        if (text.StartsWith("sha256:", StringComparison.Ordinal))
            return Digest.TryParse(text, out Digest digest)
                ? digest
                : throw DiagnosticRules.InvalidChecksum.Error($"invalid checksum digest length or format: `{text}`", span, Cure);
        int colon = text.IndexOf(':');
        throw DiagnosticRules.InvalidChecksum.Error(
            colon > 0 ? $"unsupported digest algorithm `{text[..colon]}`: a URL's checksum is its SHA-256" : $"invalid checksum digest format: `{text}`", span, Cure);
    }

    private static GitSource WithFlags(GitSource source, AddInstruction instruction, string? checksum)
    {
        if (instruction.KeepGitDirectory is { } keep)
        {
            if (source.KeepsGitDirectory is { } said && said != keep)
                throw DiagnosticRules.InvalidGitSource.Error("inconsistent keep-git-dir configuration: the flag and the URL disagree", instruction.Span);
            source = source with { KeepsGitDirectory = keep };
        }
        if (checksum is null)
            return source;
        string commit = checksum.ToLowerInvariant();
        if (!GitSourceParser.IsCommit(commit))
            throw DiagnosticRules.InvalidChecksum.Error(
                $"invalid checksum {checksum} for Git source, expected hex commit hash", instruction.Origin.SpanOf(instruction.Checksum!), "give the commit's hash, or its first digits, seven at least");
        if (source.Commit is { } also && also != commit)
            throw DiagnosticRules.InvalidGitSource.Error($"checksum mismatch \"{also}\" != \"{commit}\"", instruction.Span);
        return source with { Commit = commit };
    }

    private CopyStep Copy(
        Instruction instruction, string word, CopySources sources, CopyOptions options, bool parents, Func<string, SourceSpan, CopySource> makeSource)
    {
        IEnumerable<SourceSpan> spans = sources.Paths.Select(instruction.Origin.SpanOf);
        ImmutableArray<string> paths = [.. sources.Paths.Select(p => Expand(p, instruction))];
        ImmutableArray<(string, string)> heredocs = [.. sources.Heredocs.Select(h => (h.Name, h.Expand
            ? Seen(_expander.ExpandHeredocBody(h.Content, _state.Scope.Find, instruction.Origin.SpanOf(h.Content)), instruction)
            : h.Content))];
        ImmutableArray<CopySource> copied = [.. paths.Zip(spans, makeSource)];
        foreach (CopySource source in copied.Where(s => s.From is ContextSource))
            _lint.SeeContextPath(instruction, source.Path);
        string destination = Expand(sources.Destination, instruction);
        string? chown = options.Chown is null ? null : Expand(options.Chown, instruction);
        string? chmod = options.Chmod is null ? null : Expand(options.Chmod, instruction);
        return new CopyStep
        {
            Span = instruction.Span,
            Title = TitleOf(instruction),
            CreatedBy = HistoryText.Copy(word, parents, chown, chmod, [.. paths.Select(HistoryText.Source), .. heredocs.Select(h => $"<<{h.Item1}")], destination),
            Sources = copied,
            Heredocs = heredocs,
            Destination = AbsolutePath.Destination(_state.WorkingDirectory, destination),
            Chown = chown,
            ChownSpan = instruction.Origin.SpanOf(options.Chown ?? ""),
            // What is taken from a stage or an image keeps its owner in kaniko too.
            UnlessChown = IsKaniko && chown is null && _state.User.Length > 0 && copied.All(source => source.From is not StageSource && !source.From.IsImage) ? _state.User : null,
            Chmod = chmod,
            ChmodSpan = instruction.Origin.SpanOf(options.Chmod ?? ""),
            Excludes = [.. options.Excludes],
            Link = options.Link && chmod is null, // BuildKit passes --link over where there is a --chmod.
        };
    }
}
