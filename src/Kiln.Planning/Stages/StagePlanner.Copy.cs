// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
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
        CopyStep step = Copy(instruction, "COPY", instruction.Sources, instruction.Options, instruction.Parents, from);
        foreach (string path in step.Paths)
        {
            if (IsUrl(path))
                throw DiagnosticRules.InvalidSource.Error("source can't be a URL for COPY", instruction.Origin.SpanOf(path), "`ADD` takes URLs");
            if (IsGit(path))
                throw DiagnosticRules.InvalidSource.Error("source can't be a git ref for COPY", instruction.Origin.SpanOf(path), "`ADD` takes git repositories");
        }
        return step with { Parents = instruction.Parents };
    }

    public BuildStep? VisitAdd(AddInstruction instruction)
    {
        CopyStep step = Copy(instruction, "ADD", instruction.Sources, instruction.Options, parents: false, ContextSource.Instance);
        if (step.Paths.FirstOrDefault(p => IsUrl(p) || IsGit(p)) is { } remote)
            throw DiagnosticRules.NotSupported.Error(
                $"ADD of `{RemoveUserInfo(remote)}`: {(IsGit(remote) ? "git repositories" : "URLs")} are not supported yet", instruction.Span, "fetch it in a `RUN`");
        if (instruction.Checksum is not null)
            throw DiagnosticRules.InvalidSource.Error("checksum requires HTTP(S) or Git sources", instruction.Span);
        return step with { UnpackArchives = instruction.Unpack ?? true };
    }

    private CopyStep Copy(
        Instruction instruction, string word, CopySources sources, CopyOptions options, bool parents, SourceReference from)
    {
        ImmutableArray<string> paths = [.. sources.Paths.Select(p => Expand(p, instruction))];
        ImmutableArray<(string, string)> heredocs = [.. sources.Heredocs.Select(h => (h.Name, h.Expand
            ? Seen(_expander.ExpandHeredocBody(h.Content, _state.Scope.Find, instruction.Origin.SpanOf(h.Content)), instruction)
            : h.Content))];
        if (from is ContextSource)
            foreach (string path in paths.Where(p => !IsUrl(p) && !IsGit(p)))
                _lint.SeeContextPath(instruction, path);
        string destination = Expand(sources.Destination, instruction);
        string? chown = options.Chown is null ? null : Expand(options.Chown, instruction);
        string? chmod = options.Chmod is null ? null : Expand(options.Chmod, instruction);
        return new CopyStep
        {
            Span = instruction.Span,
            Title = TitleOf(instruction),
            CreatedBy = HistoryText.Copy(word, parents, chown, chmod, [.. paths, .. heredocs.Select(h => $"<<{h.Item1}")], destination),
            From = from,
            Paths = paths,
            Heredocs = heredocs,
            Destination = AbsolutePath.Destination(_state.WorkingDirectory, destination),
            Chown = chown,
            Chmod = chmod,
            Excludes = [.. options.Excludes],
            Link = options.Link && chmod is null, // BuildKit passes --link over where there is a --chmod.
        };
    }

    private static bool IsUrl(string path) =>
        (path.StartsWith("http://", StringComparison.Ordinal) || path.StartsWith("https://", StringComparison.Ordinal)) && !IsGit(path);

    /// <summary>`git://`, `ssh://`, an http URL whose path ends in `.git`, or `user@host:path`.</summary>
    private static bool IsGit(string path)
    {
        if (path.StartsWith("git://", StringComparison.Ordinal) || path.StartsWith("ssh://", StringComparison.Ordinal))
            return true;
        if (path.StartsWith("http://", StringComparison.Ordinal) || path.StartsWith("https://", StringComparison.Ordinal))
            return path.Split('#', '?')[0].EndsWith(".git", StringComparison.Ordinal);
        int at = path.IndexOf('@'), colon = path.IndexOf(':');
        return at > 0 && colon > at + 1 && !path[..colon].Contains('/');
    }

    private static string RemoveUserInfo(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) ? uri.GetComponents(UriComponents.AbsoluteUri & ~(UriComponents.UserInfo | UriComponents.Query), UriFormat.UriEscaped) : url;
}
